"""The ledger's folder on Windows: whose it is, and who else may write in it.
Wine makes an access list of the mode of a file, and back."""
import json
import os
import stat
import subprocess

import pytest

import wine


def open_ledger(folder):
    """Opens it for a moment; returns its exit status and its words."""
    done = subprocess.run(
        [wine.wrapper("ledger"), "--dir", str(folder)],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, timeout=60, check=False)
    return done.returncode, " ".join(
        json.loads(line)["message"] for line in done.stderr.splitlines())


def refused(folder, words):
    status, said = open_ledger(folder)
    assert status == 5 and words in said, said


def test_a_folder_is_made_for_its_user(tmp_path):
    """Story: what was made let in whomever the folder around it does; and one
    whose own folder was not there was not made."""
    tmp_path.chmod(0o777)
    assert open_ledger(tmp_path / "way" / "state") == (0, "")
    for made in tmp_path / "way", tmp_path / "way" / "state":
        assert not stat.S_IMODE(made.stat().st_mode) & 0o007
    assert (tmp_path / "way" / "state" / "ledger.db").exists()


def test_a_folder_that_others_write_in(tmp_path):
    tmp_path.chmod(0o777)
    refused(tmp_path, "can be written by Everyone")


def test_a_file_that_others_write(tmp_path):
    assert open_ledger(tmp_path)[0] == 0
    (tmp_path / "ledger.db").chmod(0o666)
    refused(tmp_path, "can be written by Everyone")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", ["", "ledger.db"])
def test_of_somebody_else(tmp_path, name):
    """Wine knows no other users, and calls them all that."""
    assert open_ledger(tmp_path)[0] == 0
    os.chown(tmp_path / name, 12345, 12345)
    refused(tmp_path, "belongs to NT AUTHORITY\\ANONYMOUS LOGON")


def test_a_file_in_its_place(tmp_path):
    (tmp_path / "state").touch()
    refused(tmp_path / "state", "not a directory")
