"""ttsctl doctor on set-ups that are broken in one way each."""
import json
import os

import pytest

import daemon
from client import ctl  # noqa: F401
from daemon import wait_until
from supervisor import define, nginx, supervise  # noqa: F401

CONF = """[ttsd]
state_dir = {rundir}/state
[channel main]
language = zh
[language fr]
engine = espeak
voice = en
[output live]
url = rtmp://127.0.0.1:9/live
key_file = {key}
"""


@pytest.fixture
def doctor(rundir, tmp_path, ctl):
    key = tmp_path / "key"
    key.write_text("KEY-VERY-SECRET\n")
    key.chmod(0o644)
    conf = tmp_path / "大夫.conf"
    conf.write_text(CONF.format(rundir=rundir, key=key))

    def run(*args, **kw):
        p = ctl("--json", "doctor", "--config", conf, *args, **kw)
        assert "KEY-VERY-SECRET" not in p.stdout + p.stderr
        report = json.loads(p.stdout)
        return p.returncode, report, report["findings"]
    return run


def of(findings, check):
    return [f for f in findings if f["check"] == check]


def test_nothing_runs(doctor):
    code, report, found = doctor()
    assert code == 1 and report["worst"] == "error" and not report["ok"]
    assert [f["severity"] for f in of(found, "daemons")] == ["error"] * 2
    assert found[0]["check"] == "daemons" and "systemctl" in found[0]["remedy"]
    # A ttsd of its own has spoken.
    voices = {f["about"]: f for f in of(found, "voices and clips")}
    assert voices["channel main"]["severity"] == "fine"
    assert "as in English" in voices["language fr"]["text"]
    assert voices["clip ding"]["severity"] == "fine"


@pytest.mark.skipif(os.path.exists("/etc/ttsd/ttsd.conf"),
                    reason="this machine has a configuration")
def test_no_configuration(ctl):
    """It had praise for a file that was not there."""
    found = of(json.loads(ctl("--json", "doctor").stdout)["findings"],
               "configuration")
    assert found[0]["severity"] == "warning"
    assert found[0]["text"].startswith("there is no ")
    assert "--config FILE" in found[0]["remedy"]
    assert not [f for f in found if "nothing wrong in /" in f["text"]]


def test_a_key_for_all_and_a_dead_server(doctor, start):
    start("-D", "channel.main.language=zh")
    _, _, found = doctor()
    key = [f for f in of(found, "keys and folders") if "key_file" in f["about"]]
    assert key[0]["severity"] == "warning" and "chmod 600" in key[0]["remedy"]
    server, = of(found, "servers")
    assert server["about"] == "output live" and "port" in server["remedy"]
    assert of(found, "daemons")[0]["severity"] == "fine"


def test_no_ffmpeg(doctor, tmp_path):
    _, _, found = doctor(env={**os.environ, "PATH": str(tmp_path)})
    ffmpeg, = of(found, "ffmpeg")
    assert ffmpeg["severity"] == "error" and "install ffmpeg" in ffmpeg["remedy"]
    assert any("[output live] url" in f["text"]
               for f in of(found, "configuration"))


def test_tones_are_heard_where_the_listeners_are(
        doctor, start, supervise, nginx):
    start()
    s = supervise(*define(url=nginx.url(), probe_url=nginx.url(), hear="yes"))
    wait_until(lambda: (s.output()["heard"] or {}).get("state") ==
               "silent-as-sent", "the ear hears the output")
    _, _, found = doctor("--tone", timeout=2 * daemon.EVENTS_S)
    tone, = of(found, "tone")
    assert (tone["about"], tone["severity"]) == ("channel main", "fine"), \
        tone["text"]
