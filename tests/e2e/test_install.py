"""make install."""
import re
import subprocess

from daemon import BUILD, ROOT, binary


def test_the_readme_finds_its_pages(tmp_path):
    """Its pages were beside it, and its pictures nowhere: every link of what
    was installed led to nothing."""
    subprocess.run(["make", "-s", "-o", "all", "install", f"OUT={BUILD}",
                    f"DESTDIR={tmp_path}"], cwd=ROOT, check=True)
    folder = tmp_path / "usr/local/share/doc/ttsd"
    links = re.findall(r"\]\(([^):]+)\)", (folder / "README.md").read_text())
    assert any(link.endswith(".png") for link in links)
    assert [x for x in links if not (folder / x).is_file()] == []
    for path in re.findall(r"docs/\w+\.md|docs/examples/\w+\.\w+",
                           (folder / "docs/PRESENTER.md").read_text()):
        assert (folder / path).is_file(), path


def make(target, to, prefix="/usr/local"):
    return subprocess.run(
        ["make", "-s", "-o", "all", target, f"OUT={BUILD}", f"DESTDIR={to}",
         f"PREFIX={prefix}"], cwd=ROOT, check=True, capture_output=True,
        text=True).stdout


def files(folder):
    return sorted(str(f.relative_to(folder)) for f in folder.rglob("*")
                  if not f.is_dir())


def check(conf):
    for program in ("ttsd", "streamer-supervisor", "ttsd-gateway"):
        p = subprocess.run([binary(program), "-c", str(conf),
                            "--check-config"], capture_output=True, text=True)
        assert p.returncode == 0, p.stderr


def test_the_example_is_good(tmp_path):
    """As it is, after its one edit, and with all that it proposes; but for
    groups that this machine has not."""
    make("install", tmp_path)
    conf = tmp_path / "etc/ttsd/ttsd.conf"
    text = conf.read_text().replace("/usr/local", f"{tmp_path}/usr/local")
    assert "autostart = no\n" in text
    conf.write_text(text)
    check(conf)
    on_air = text.replace("autostart = no", "autostart = yes")
    conf.write_text(on_air)
    check(conf)
    conf.write_text(re.sub(r"^;(?!control_group)", "", on_air, flags=re.M))
    check(conf)


def test_pages_and_units_name_the_prefix(tmp_path):
    """man ttsd named /usr/libexec, wherever the engines lay."""
    make("install", tmp_path, "/opt/speech")
    named = 0
    for file in files(tmp_path):
        if "/doc/" in file or not file.endswith((".8", ".7", ".5", ".1",
                                                 ".service", ".conf")):
            continue
        text = (tmp_path / file).read_text()
        assert "/usr/local" not in text and "@PREFIX@" not in text, file
        named += "/opt/speech/" in text
    assert named >= 5


def test_uninstall_leaves_nothing_of_ours(tmp_path):
    make("install", tmp_path)
    other = tmp_path / "usr/local/bin/another"
    other.write_text("")
    assert len(files(tmp_path)) > 40
    make("uninstall", tmp_path)
    assert files(tmp_path) == ["usr/local/bin/another"]
    assert not list(tmp_path.rglob("*ttsd*"))


def test_a_configuration_that_was_changed_stays(tmp_path):
    make("install", tmp_path)
    conf = tmp_path / "etc/ttsd/ttsd.conf"
    conf.write_text("[ttsd]\nworkers = 3\n")
    make("install", tmp_path)
    assert f"{conf} was changed" in make("uninstall", tmp_path)
    assert files(tmp_path) == ["etc/ttsd/ttsd.conf"]
    assert "workers = 3" in conf.read_text()
