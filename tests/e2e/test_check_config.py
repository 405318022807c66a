"""What --check-config says, a start says.

Story: the check knew the sections and keys, and nothing of what a daemon did
with them. It said "good" to foo://x/y, RTMP://h/k, srt://, a bad group and a
missing dictionary, which a start then refused, in other words and without
file and line; and two outputs into one HLS folder passed both."""
import json
import os
import re
import subprocess

import pytest

import engines
import test_state_dir as places
from daemon import PATIENCE_S, ROOT, binary
from test_daemon import MISTAKES

BOTH = ("ttsd", "streamer-supervisor")

# Who says so, the line, the text of the file, what follows FILE:LINE.
BAD = [((p,), line, text, "") for line, text, _ in MISTAKES for p in BOTH] + [
    (("streamer-supervisor",), line, text, said) for line, text, said in (
        (2, "[output a]\nurl = foo://x/y\n",
         "[output a] url: of no known kind; expected"),
        (2, "[output a]\nurl = RTMP://h/k\n", "[output a] url: of no known"),
        (2, "[output a]\nurl = srt://\n",
         "[output a] url: the host is missing; expected srt://host:9000"),
        (3, "[output a]\nurl = rtsp://h/a\nbackup_url = x\n",
         "[output a] backup_url: of no known kind"),
        (3, "[output a]\nurl = rtsp://h/a\nlisten = yes\n",
         "[output a] listen: only with rtmp://"),
        (5, "[output a]\nurl = srt://h:9\ngroup = g\n"
            "[output b]\nurl = rtmp//h/KEY\ngroup = g\n",
         "[output b] url: of no known kind"),
        (7, "[output a]\nurl = rtmp://h/a/k\ngroup = g\n"
            "[output b]\nurl = rtsp://h/b\ncodec = opus\ngroup = g\n",
         "[output b] group: its members share an encoder"),
        (4, "[output a]\nurl = /tmp/hls/\n[output b]\nurl = /tmp/hls/\n",
         "[output b] url: writes the same files as [output a] url"),
    )] + [
    (BOTH, 3, "[output a]\nurl = rtmp://h/a/k\nlisten = rtmp://h/a/KEY\n",
     "[output a] listen: the value is not valid; expected yes or no"),
    (BOTH, 3, "[output a]\nurl = rtmp://h/a/k\ngroup = rtmp://h/a/KEY\n",
     "[output a] group: expected 1 to 32 of a to z"),
    (BOTH, 2, "[ttsd]\nmetrics = 0.0.0.0:1\n", "[ttsd] metrics: expected 127.0.0.1"),
    (("ttsd",), 3, "[message m]\ntext = go to {door}\nprepare = yes\n",
     "[message m] prepare: the text has the field {door}"),
    (("ttsd",), 2, "[ttsd]\ndictionary = /nonexistent/words\n",
     "[ttsd] dictionary: /nonexistent/words: no such file"),
]


def said_by(program, conf, *args):
    p = subprocess.run([binary(program), "-c", str(conf), *args],
                       stdin=subprocess.DEVNULL, capture_output=True,
                       timeout=PATIENCE_S, text=True)
    return p.returncode, p.stderr


@pytest.mark.parametrize("program", BOTH)
def test_check_and_start_say_the_same(tmp_path, program):
    conf = tmp_path / "t.conf"
    for programs, line, text, said in BAD:
        if program not in programs:
            continue
        conf.write_bytes(text.encode("latin-1"))
        checked = said_by(program, conf, "--check-config")
        assert checked == said_by(program, conf), text
        code, message = checked
        assert code == 78, (text, message)
        assert message.startswith(f"{conf}:{line}: {said}"), (text, message)
        assert message.count("\n") == 1 and "KEY" not in message, message


def test_a_dictionary_with_a_mistake(tmp_path):
    words = tmp_path / "words"
    words.write_text("# fine\nno equals sign\n")
    conf = tmp_path / "t.conf"
    conf.write_text(f"[ttsd]\n\ndictionary = {words}\n")
    code, message = said_by("ttsd", conf, "--check-config")
    assert code == 78 and message.startswith(
        f"{conf}:3: [ttsd] dictionary: {words}:2: expected")
    assert said_by("ttsd", conf) == (code, message)


@pytest.mark.parametrize("program, option, key", [
    ("streamer-supervisor", "output.x.url=foo://x/y", "[output x] url"),
    ("ttsd", "ttsd.dictionary=/nonexistent", "[ttsd] dictionary")])
def test_options_are_blamed_by_their_names(tmp_path, program, option, key):
    conf = tmp_path / "t.conf"
    conf.write_text("")
    checked = said_by(program, conf, "-D", option, "--check-config")
    assert checked == said_by(program, conf, "-D", option)
    name = option.partition("=")[0]
    assert checked[0] == 78
    assert checked[1].startswith(f"-D {name}: {key}: ")


@pytest.mark.parametrize("page", ["README.md", "docs/PICTURE.md",
                                  "docs/PRESENTER.md"])
def test_what_the_pages_show_is_good(tmp_path, page):
    """A newcomer copies it; a key that was renamed is found out here."""
    blocks = re.findall(r"```ini\n(.*?)```", (ROOT / page).read_text(), re.S)
    assert blocks
    conf = tmp_path / "t.conf"
    for block in blocks:
        conf.write_text(block)
        for program in BOTH:
            code, said = said_by(program, conf, "--check-config")
            # Of what it says a newcomer has to put something there himself.
            assert code == 0 or all(
                "no such file" in line for line in said.splitlines()), said


ABSENT = """[engine web]
type = http
url = http://127.0.0.1:1/v1
key_file = /nowhere/engine.key
[video board]
source = board
layout = /nowhere/board.svg
logo = /nowhere/logo.png
[video film]
source = loop
path = /nowhere/film.mp4
[video still]
source = image
path = /tmp
[output a]
url = rtmp://127.0.0.1:1/live
key_file = /nowhere/a.key
video = board
[output b]
url = /nowhere/hls/b.m3u8
[output c]
url_file = /nowhere/url
[output d]
url = rtmps://127.0.0.1:1/live/x
key_file = credential
ca_file = /nowhere/ca.pem
"""
NAMED = {
    "ttsd": ["[engine web] key_file: /nowhere/engine.key: no such file"],
    "streamer-supervisor": [
        "[video board] layout: /nowhere/board.svg: no such file",
        "[video board] logo: /nowhere/logo.png: no such file",
        "[video film] path: /nowhere/film.mp4: no such file",
        "[video still] path: /tmp: is a folder",
        "[output a] key_file: /nowhere/a.key: no such file",
        "[output b] url: /nowhere/hls: no such file",
        "[output c] url_file: /nowhere/url: no such file",
        "[output d] ca_file: /nowhere/ca.pem: no such file"]}


@pytest.mark.parametrize("program", BOTH)
def test_what_is_not_there_is_named(tmp_path, program):
    """The check was content with a layout, a key and a folder that nobody had
    made: a newcomer learned of a slip of the pen from a black picture."""
    conf = tmp_path / "t.conf"
    conf.write_text(ABSENT)
    code, said = said_by(program, conf, "--check-config")
    assert code == 78
    lines = said.splitlines()
    assert len(lines) == len(NAMED[program])
    for line, expected in zip(lines, NAMED[program]):
        place, _, rest = line.partition(": ")
        file, _, number = place.rpartition(":")
        key = expected.split("] ")[1].split(":")[0]
        assert file == str(conf) and ABSENT.splitlines()[
            int(number) - 1].startswith(f"{key} ="), line
        assert rest.startswith(
            f"{expected}; put it there or correct the path: until then "), line


TEXTS = """[channel main]
[zone all]
channels = main
[message evacuate]
text = Leave.
voice = en
channel = all
chime = ding
[schedule tea]
at = 8:00
text = Tea.
language = zh
"""


@pytest.mark.parametrize("line, wrong, said", [
    ("voice = en", "voice = nobody", "[message evacuate] voice: engine 'es"),
    ("chime = ding", "chime = dong", "[message evacuate] chime: engine 'clip"),
    ("language = zh", "language = xx", "[schedule tea] language: engine"),
    ("text = Tea.", "clip = nothere", "[schedule tea] clip: engine 'clip'")])
def test_what_messages_and_schedules_name(tmp_path, line, wrong, said):
    """A prepared emergency that nobody could say passed. ttsd starts all the
    same: one text is no reason to be off the air."""
    conf = tmp_path / "t.conf"
    conf.write_text(TEXTS)
    assert said_by("ttsd", conf, "--check-config")[0] == 0
    conf.write_text(TEXTS.replace(line, wrong))
    code, told = said_by("ttsd", conf, "--check-config")
    assert code == 78 and said in told and "has no such" in told, told


OUTPUTS = """[output a]
url = rtmp://127.0.0.1:1/live/KEY
[output b]
url_command = /bin/echo rtmp://127.0.0.1:1/live/KEY
[output c]
url = rtsp://127.0.0.1:1/c
backup_url = whip://127.0.0.1:1/KEY
codec = opus
"""


def test_an_ffmpeg_that_is_not_there(tmp_path):
    """Story: the check was content, and each output was rejected."""
    conf = tmp_path / "t.conf"
    conf.write_text(OUTPUTS)
    code, said = said_by("streamer-supervisor", conf, "-D",
                         "streamer.ffmpeg=/nowhere/ffmpeg", "--check-config")
    lines = said.splitlines()
    assert code == 78 and "KEY" not in said
    assert [line.partition(" the program ")[0] for line in lines] == [
        f"{conf}:2: [output a] url:", f"{conf}:6: [output c] url:",
        f"{conf}:7: [output c] backup_url:"]
    assert "'/nowhere/ffmpeg' cannot be run: no such file; install" in said


def test_an_ffmpeg_that_lacks_something(tmp_path):
    conf = tmp_path / "t.conf"
    conf.write_text(OUTPUTS)
    small = tmp_path / "ffmpeg"
    small.write_text("""#!/bin/sh
echo 'ffmpeg version 5.1.0 Copyright (c) nobody' >&2
case $1 in
-protocols) printf 'Output:\\n  rtmp\\n  tcp\\n  http\\n' ;;
-muxers) printf ' --\\n  E flv  FLV\\n  E rtsp  RTSP\\n' ;;
-encoders) printf ' ---\\n A..... aac  AAC\\n' ;;
esac
""")
    small.chmod(0o755)
    code, said = said_by("streamer-supervisor", conf, "-D",
                         f"streamer.ffmpeg={small}", "--check-config")
    assert code == 78 and "[output a]" not in said
    assert f"{conf}:6: [output c] url: ffmpeg 5.1.0 was built without" in said
    assert "without the format 'whip'; install ffmpeg 8.0" in said


# ---- the state directory

def be_a_folder_with_a_link(path):
    path.mkdir(mode=0o700)
    (path / "ledger.db").symlink_to("/dev/null")


def be_in_a_file(path):
    """It cannot be made, as the folder that it is in is none."""
    path.parent.rmdir()
    path.parent.touch()


def checks_state(tmp_path, folder, *args):
    conf = tmp_path / "t.conf"
    conf.write_text(f"[channel main]\nengine = tone\n[ttsd]\n\n"
                    f"state_dir = {folder}\n")
    code, said = said_by("ttsd", conf, *args, "--check-config")
    assert said.count("\n") == (code != 0)
    return code, said.strip().removeprefix(f"{conf}:5: [ttsd] state_dir: ")


@pytest.mark.parametrize("be", [
    places.be_a_file, places.be_a_fifo, places.be_a_link_to_nothing,
    places.be_open_to_others, be_a_folder_with_a_link, be_in_a_file,
    pytest.param(places.be_anothers, marks=places.ROOT),
    pytest.param(places.be_anothers_link, marks=places.ROOT)],
    ids=lambda be: be.__name__)
def test_a_state_directory_of_no_use(tmp_path, be):
    """Story: it was good to the check, and nothing was kept. The ledger says
    the same of it."""
    (tmp_path / "around").mkdir()
    be(tmp_path / "around" / "state")
    code, said = checks_state(tmp_path, tmp_path / "around" / "state")
    assert code == 78
    p = subprocess.run(
        [engines.LIBEXEC / "ledger", "--dir", tmp_path / "around" / "state"],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE_S)
    words = json.loads(p.stderr)["message"].removeprefix("state_dir=")
    words = words.replace('"', "").replace("\\\\", "\\")
    assert said == f"{words}: until then nothing is kept over a restart"
    assert checks_state(tmp_path, tmp_path / "around" / "state",
                        "-D", "ttsd.durable=no") == (0, "")


@places.ROOT
@pytest.mark.parametrize("folder", ["state", "state/to/be/made"])
def test_a_state_directory_on_a_disk_that_is_read_only(tmp_path, folder):
    with places.mounted(tmp_path / "state", "ro"):
        code, said = checks_state(tmp_path, tmp_path / folder)
        assert code == 78 and "read-only" in said


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes anywhere")
def test_a_state_directory_that_may_not_be_made(tmp_path):
    code, said = checks_state(tmp_path, "/ttsd/state")
    assert code == 78 and "permission denied" in said


def test_a_state_directory_that_will_be_made(tmp_path):
    """The check makes none, for it may be run by another user."""
    before = sorted(tmp_path.iterdir()) + [tmp_path / "t.conf"]
    assert checks_state(tmp_path, tmp_path / "to" / "be" / "made") == (0, "")
    assert sorted(tmp_path.iterdir()) == before
    (tmp_path / "state").mkdir(mode=0o700)
    assert checks_state(tmp_path, tmp_path / "state") == (0, "")
    assert not list((tmp_path / "state").iterdir())
