"""The espeak engine and libespeak-ng.dll, which it loads where it finds it.
The DLL of these tests is a stand-in with one voice."""
import pathlib
import shutil

import pytest

import wine


@pytest.fixture
def installed():
    """Where eSpeak NG installs itself."""
    folder = pathlib.Path(wine.WINE.prefix) / "drive_c" / "Program Files" / \
        "eSpeak NG"
    folder.mkdir()
    shutil.copy(wine.BUILD / "tests" / "libespeak-ng.dll", folder)
    yield
    shutil.rmtree(folder)


def test_missing_library_is_said_in_plain_words(start):
    ttsd = start("-D", "channel.main.engine=espeak")
    with ttsd.control() as c:
        c.subscribe("worker")
        c.event(state="backoff")
    wine.wait_until(lambda: "libespeak-ng.dll is not there; install eSpeak NG"
                    in ttsd.logged(), "it says so")


def test_installed_library_speaks(start, installed):
    ttsd = start("-D", "channel.main.engine=espeak", "-D",
                 "channel.main.rate=22050")
    with ttsd.control() as c, ttsd.listen() as reader:
        c.subscribe("finished", "word")
        c.ask("say", text="Hi there", voice="fake")
        word = c.event("word")
        assert (word["offset"], word["length"]) == (0, 2)
        done = c.event("finished")
        assert done["outcome"] == "spoken"
        assert done["last_sample"] - done["first_sample"] + 1 == 2205
        assert any(reader.until(4410))
        assert [v["name"] for v in c.ask("voices", engine="espeak")["voices"]
                ] == ["fake"]
