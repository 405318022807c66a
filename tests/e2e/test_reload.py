"""ttsd takes in another configuration while it is on air."""
import signal

import pytest

import daemon
from client import ctl  # noqa: F401
from daemon import wait_until

MAIN = "[channel main]\nengine = tone\n"
SIDE = "[channel side]\nengine = tone\n"


@pytest.fixture
def conf(tmp_path):
    path = tmp_path / "ttsd.conf"
    path.write_text(MAIN)
    return path


def names(reply):
    return reply["added"], reply["removed"], reply["changed"]


def test_channels_come_and_go(start, conf):
    """Who listens to the one that stays misses no sample, in one process."""
    ttsd = start("-c", conf)
    with ttsd.listen() as reader, ttsd.control() as c:
        conf.write_text(MAIN + SIDE + "rate = 8000\n")
        assert names(c.ask("reload")) == (["[channel side]"], [], [])
        side = ttsd.listen("side")
        assert side.rate == 8000
        c.subscribe("finished")
        waiting = [c.ask("say", text="word " * 200, channel="side")["id"]
                   for _ in range(12)]
        wait_until(lambda: any(side.samples(800)), "the side channel speaks")
        conf.write_text(MAIN)
        assert names(c.ask("reload")) == ([], ["[channel side]"], [])
        for id in waiting:
            end = c.event("finished", id=id)
            assert end["outcome"] == "cancelled"
            assert "not in the configuration" in end["reason"]
        wait_until(lambda: side.ended, "its reader is told")
        side.close()
        assert c.refused("say", text="x", channel="side") == "unknown-channel"
        wait_until(lambda: not (ttsd.directory / "side.sock").exists(),
                   "its socket is gone")
        said = c.ask("say", text="one", channel="main")["id"]
        assert c.event("finished", id=said)["outcome"] == "spoken"
        reader.samples(2400)
        assert not reader.ended


def test_another_rate(start, conf):
    """Who listens joins again; what waits is said."""
    ttsd = start("-c", conf)
    with ttsd.control() as c:
        c.subscribe("finished")
        reader = ttsd.listen()
        ids = [c.ask("say", text=f"word {i} " * 9)["id"] for i in range(3)]
        wait_until(lambda: any(reader.samples(800)), "it speaks")
        conf.write_text(MAIN + "rate = 48000\n")
        assert names(c.ask("reload")) == ([], [], ["[channel main]"])
        wait_until(lambda: reader.ended, "its reader is told")
        reader.close()
        with ttsd.listen() as again:
            assert again.rate == 48000
            wait_until(lambda: any(again.samples(800)), "it speaks again")
            for id in ids:
                assert c.event("finished", id=id)["outcome"] == "spoken"


def test_nothing_new(start, conf, ctl):  # noqa: F811
    """No program changes for a comment: clips and the dictionary are read."""
    ttsd = start("-c", conf)
    with ttsd.control() as c:
        c.subscribe("upgrade")
        conf.write_text("# a comment\n" + MAIN)
        reply = c.ask("reload")
        assert names(reply) == ([], [], [])
        assert "reloading clips" in ttsd.logged()
        p = ctl("reload")
        assert p.returncode == 0 and "ttsd has reloaded" in p.stdout
        conf.write_text(MAIN + "[ttsd]\nworkers = 3\n")
        p = ctl("reload")
        assert "changed: [ttsd]" in p.stdout, p.stdout
        assert c.event("upgrade")["changed"] == ["[ttsd]"]
        conf.write_text(MAIN + "rat = 1\n")
        p = ctl("reload")
        assert p.returncode == 1 and "rat" in p.stderr
        assert "goes on unchanged" in p.stderr


def test_by_a_signal(start, conf):
    ttsd = start("-c", conf)
    conf.write_text(MAIN + SIDE)
    ttsd.process.send_signal(signal.SIGHUP)
    wait_until(lambda: (ttsd.directory / "side.sock").exists(),
               "the new channel is there")
    with ttsd.listen("side") as side:
        side.samples(240)


def test_how_a_channel_speaks(start, conf):
    """What the configuration says anew counts more than `set`."""
    speech = "[channel main]\nvoice = gmw/en\n"
    conf.write_text(speech)
    ttsd = start("-c", conf)

    def voice():
        return c.ask("status")["channels"][0]["voice"]
    with ttsd.control() as c:
        c.ask("set", voice="gmw/de")
        conf.write_text(speech + "lag_max = 1s\n")
        assert names(c.ask("reload"))[2] == ["[channel main]"]
        assert voice() == "gmw/de"
        conf.write_text("[channel main]\nvoice = gmw/nl\n")
        c.ask("reload")
        assert voice() == "gmw/nl"
        conf.write_text("[channel main]\nvoice = gmw/nobody\n")
        assert c.refused("reload") == "unavailable"
        assert voice() == "gmw/nl"
