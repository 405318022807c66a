"""Builds of different options share no object. Story: PORTABLE=1 SANITIZE=1
was built in the folder of SANITIZE=1 alone, and each took the other's."""
import itertools
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def folder_of(*options):
    done = subprocess.run(
        ["make", "--no-print-directory", "-s", *options, "--eval", "where: ; @echo $(OUT)", "where"],
        cwd=ROOT, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def test_each_build_has_a_folder_of_its_own():
    builds = [[*portable, *kind] for portable, kind in itertools.product(
        ([], ["PORTABLE=1"]), ([], ["SANITIZE=1"], ["COVERAGE=1"]))]
    folders = {folder_of(*options) for options in builds}
    assert len(folders) == len(builds)
    # Tests know a sanitized build by its name.
    assert folder_of("PORTABLE=1", "SANITIZE=1").endswith("/san")
