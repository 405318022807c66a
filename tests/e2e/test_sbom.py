"""`make sbom` against what ldd and dpkg say of every program."""
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from daemon import BUILD, ROOT

if not (shutil.which("dpkg-query") and shutil.which("ldd")):
    pytest.skip("no dpkg here", allow_module_level=True)


def made(path, **env):
    subprocess.run(["make", "-s", "-o", "all", "sbom", f"OUT={BUILD}",
                    f"SBOM={path}"], cwd=ROOT, check=True,
                   env={**os.environ, **env})
    return path


@pytest.fixture(scope="module")
def sbom(tmp_path_factory):
    path = made(tmp_path_factory.mktemp("sbom") / "sbom.json")
    return json.loads(path.read_text())


def programs():
    return [*(BUILD / "bin").iterdir(), *(BUILD / "libexec/ttsd").iterdir()]


def owners(paths):
    """The packages of libraries, with their versions, by dpkg's own lists."""
    whose = {}
    for file in pathlib.Path("/var/lib/dpkg/info").glob("*.list"):
        for line in file.read_text().splitlines():
            if ".so" in line and not os.path.islink(line):
                whose[os.path.realpath(line)] = file.stem
    packages = {path: whose[os.path.realpath(path)] for path in paths}
    versions = subprocess.run(
        ["dpkg-query", "-W", "-f", "${binary:Package}=${Package} ${Version}\n",
         *set(packages.values())], check=True, text=True,
        capture_output=True).stdout
    named = dict(line.split("=", 1) for line in versions.splitlines())
    return {path: named[package] for path, package in packages.items()}


def linked(program):
    """Of ldd's lines, what the loader found."""
    said = subprocess.run(["ldd", program], check=False, text=True,
                          capture_output=True).stdout
    return {word for line in said.splitlines() for word in line.split()
            if word.startswith("/")}


def test_it_names_what_every_program_links(sbom):
    packages = {p["SPDXID"]: f'{p["name"]} {p["versionInfo"]}'
                for p in sbom["packages"]}
    files = {f["fileName"]: f["SPDXID"] for f in sbom["files"]}
    assert set(files) == {f"./{p.relative_to(BUILD)}" for p in programs()}
    owner = owners(set().union(*map(linked, programs())))
    assert any(o.startswith("libespeak-ng1 ") for o in owner.values())
    for program in programs():
        told = {packages[r["relatedSpdxElement"]]
                for r in sbom["relationships"]
                if r["relationshipType"] == "DYNAMIC_LINK" and
                r["spdxElementId"] == files[f"./{program.relative_to(BUILD)}"]}
        assert told == {owner[path] for path in linked(program)}, program


def test_it_is_spdx(sbom):
    """What chapters 6 to 11 of SPDX 2.3 demand of a document."""
    assert sbom["spdxVersion"] == "SPDX-2.3"
    assert sbom["dataLicense"] == "CC0-1.0"
    assert re.fullmatch(r"[a-z]+:[^#\s]+", sbom["documentNamespace"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ",
                        sbom["creationInfo"]["created"])
    elements = [sbom, *sbom["packages"], *sbom["files"]]
    ids = [e["SPDXID"] for e in elements]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"SPDXRef-[A-Za-z0-9.-]+", i) for i in ids)
    for r in sbom["relationships"]:
        assert {r["spdxElementId"], r["relatedSpdxElement"]} <= set(ids)
    assert sbom["relationships"][0]["relationshipType"] == "DESCRIBES"
    for package in sbom["packages"]:
        assert package["downloadLocation"] and package["name"]
        assert ("packageVerificationCode" in package) == \
            package["filesAnalyzed"]
        for licence in re.split(" AND | OR ", package["licenseDeclared"]):
            assert re.fullmatch(r"[A-Za-z0-9.-]+", licence), package
    for file in sbom["files"]:
        assert file["fileName"].startswith("./")
        assert "SHA1" in {c["algorithm"] for c in file["checksums"]}


def test_licences_are_what_the_packages_say(sbom):
    def licence(library):
        found, = {p["licenseDeclared"] for p in sbom["packages"]
                  if re.match(rf"{library}[-\d]", p["name"])}
        return found

    assert licence("libjansson") == "MIT"
    assert licence("libev") == "BSD-2-Clause OR GPL-2.0-or-later"
    assert licence("libmicrohttpd") == "LGPL-2.1-or-later"
    # Prose, and what is no licence of SPDX's, are not guessed at.
    assert licence("libc") == licence("libsqlite3") == "NOASSERTION"


def test_made_again_it_is_the_same(tmp_path):
    assert made(tmp_path / "one", TZ="UTC").read_bytes() == \
        made(tmp_path / "two", TZ="Asia/Shanghai", LC_ALL="C").read_bytes()
