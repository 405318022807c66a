"""Names that only engines know: a configuration that has them wrong is refused
when it is loaded."""
import subprocess

import pytest

from daemon import PATIENCE_S, binary

CLIPS = "[ttsd]\nclips_dir = {clips}\n"

# Line, text, and what is said behind "FILE:LINE: ".
WRONG = [
    (2, "[channel main]\nvoice = nosuch\n",
     "[channel main] voice: engine 'espeak' has no such voice"),
    (2, "[channel main]\nlanguage = qq\n",
     "[channel main] language: engine 'espeak' has no such language"),
    (4, CLIPS + "[channel main]\nbed = nosuch\n",
     "[channel main] bed: engine 'clip' has no such clip"),
    (2, "[ttsd]\nclips_dir = {clips}/none\n",
     "[ttsd] clips_dir: the folder cannot be read: no such file"),
    (3, "[engine x]\ntype = command\ncommand = {clips}/none -q\n"
        "[channel main]\nengine = x\n",
     "[engine x] command: the program cannot be run: no such file"),
    (3, "[language ja]\nengine = espeak\nvoice = nosuch\n",
     "[language ja] voice: engine 'espeak' has no such voice"),
]
RIGHT = [
    "[channel main]\nvoice = en-us+f3\n[language ja]\nengine = espeak\n",
    "[channel main]\nlanguage = de_DE\n[language zh_CN]\nvoice = cmn\n",
    "[channel main]\nlanguage = de\n[channel b]\nlanguage = auto\n",
    # It takes any name for a voice.
    "[engine any]\ntype = command\ncommand = cat\n"
    "[channel main]\nengine = any\nvoice = whatever\n",
]


def run(conf, rundir, *args):
    p = subprocess.run(
        [binary("ttsd"), "-c", conf, "-D", f"ttsd.runtime_dir={rundir}",
         *args], stdin=subprocess.DEVNULL, capture_output=True, text=True,
        timeout=PATIENCE_S)
    return p.returncode, p.stderr


@pytest.mark.parametrize("line, text, said", WRONG)
def test_a_wrong_name_is_refused_when_it_is_loaded(
        tmp_path, rundir, line, text, said):
    """Story: a channel whose voice did not exist started well, and refused
    every text it was ever given."""
    conf = tmp_path / "t.conf"
    conf.write_text(text.format(clips=tmp_path))
    for args in (["--check-config"], []):
        code, told = run(conf, rundir, *args)
        assert code == 78 and f"{conf}:{line}: {said}" in told, told
    assert not list(rundir.iterdir())


@pytest.mark.parametrize("text", RIGHT)
def test_right_names_are_good(tmp_path, rundir, start, text):
    conf = tmp_path / "t.conf"
    conf.write_text(text)
    assert run(conf, rundir, "--check-config") == (0, "")
    start("-c", str(conf))


def test_an_engine_that_cannot_be_asked(tmp_path, rundir, start):
    """A check says so; a start goes on air, and the engine may come later."""
    conf = tmp_path / "t.conf"
    (tmp_path / "none").touch()
    broken = "[engine b]\ntype = http\nurl = http://127.0.0.1:1/\n" \
             f"key_file = {tmp_path}/none\n"
    conf.write_text(broken + "[channel main]\nengine = b\nvoice = v\n")
    code, told = run(conf, rundir, "--check-config")
    assert code == 78 and "[channel main] voice: engine 'b' cannot be " \
        "asked whether it has that" in told, told
    start("-c", str(conf), "-D", "channel.main.engine=b")
