"""Messages that are made ahead: they are on air though their engine hangs, and
what is heard is what espeak-ng says.

Story: an alarm was as good as the engine that was to say it, and that had
hung for an hour before anybody asked for one."""
import os
import signal

from client import ctl  # noqa: F401
from daemon import children_running, wait_until
from sound import espeak, match, samples

TEXT = "Attention please. Leave the building by the nearest exit."
RATE = 22050
CONF = ("-D", f"channel.main.rate={RATE}", "-D", f"message.alarm.text={TEXT}",
        "-D", "message.alarm.priority=urgent",
        "-D", "message.alarm.prepare=yes")


def prepared(c):
    return c.ask("messages")["messages"][0]["prepared"][0]


def signal_engines(ttsd, which):
    pids = children_running(ttsd.pid, "espeak")
    assert pids
    for pid in pids:
        os.kill(pid, which)


def expect_heard(ttsd, c, text=TEXT):
    """It begins within 50 ms of the stream, and is heard to its end."""
    with ttsd.listen() as reader:
        reader.until(RATE // 10)
        asked = c.ask("status")["channels"][0]["sample"]
        id_ = c.ask("say", message="alarm")["id"]
        seen = c.until("finished", id=id_)
        first = next(e for e in seen if e["event"] == "started")["sample"]
        assert seen[-1]["outcome"] == "spoken"
        assert first - asked <= RATE * 50 // 1000
        assert [e["text"] for e in seen if e["event"] == "word"] == \
            text.replace(".", "").split()
        said = samples(espeak(text))
        heard = samples(reader.until(RATE // 10 + len(said)))
        assert match(said, heard)[0] > 0.99


def test_engine_hangs(start, ctl):  # noqa: F811
    ttsd = start(*CONF)
    with ttsd.control() as c:
        wait_until(lambda: prepared(c)["ready"], "it is ready")
        row = ctl("messages").stdout.splitlines()[1].split()
        assert row[:1] + row[2:3] == ["alarm", "yes"], row
        c.subscribe("started", "word", "finished")
        signal_engines(ttsd, signal.SIGSTOP)
        try:
            expect_heard(ttsd, c)
            expect_heard(ttsd, c)
        finally:
            signal_engines(ttsd, signal.SIGCONT)


def test_other_words_after_a_reload(start, tmp_path):
    words = tmp_path / "words"
    words.write_text("exit = door\n")
    ttsd = start(*CONF, "-D", f"ttsd.dictionary={words}")
    with ttsd.control() as c:
        wait_until(lambda: prepared(c)["ready"], "it is ready")
        before = prepared(c)["duration_ms"]
        words.write_text("exit = door which is at the end of the corridor\n")
        ttsd.process.send_signal(signal.SIGHUP)
        wait_until(lambda: prepared(c).get("duration_ms", 0) > before,
                   "it is made anew")
