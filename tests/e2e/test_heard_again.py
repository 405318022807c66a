"""What is said again after ttsd was killed is heard at the outputs from its
first sample: their ffmpegs come back later than ttsd, and lacked 0.4 s of it;
half a number was called."""
import tones
from daemon import Ttsd, wait_until
from peers import RtspListener
from supervisor import define, supervise  # noqa: F401

TONE = ("-D", "channel.main.engine=tone")
# What is on air for a while, and what waits behind it.
ON_AIR, WAITING = 5, 77
# What comes while it looks for the format counts, too.
WHOLE = ("-fflags", "-nobuffer")


def is_running(s):
    return s.output()["state"] == "running"


def test_from_its_first_sample(supervise, rundir):
    listener = RtspListener()
    with listener, Ttsd(rundir, *TONE) as first:
        s = supervise(*define(url=listener.url, codec="pcm"))
        wait_until(lambda: is_running(s), "it runs")
        with first.control() as c:
            c.subscribe("started")
            c.ask("say", text=f"{tones.text(ON_AIR)} ms=2000 freq=300 a")
            c.ask("say", text=tones.text(WAITING))
            c.event("started")
        first.kill()
        listener.end()
        with RtspListener(listener.port, *WHOLE) as again, \
                Ttsd(rundir, *TONE) as second, second.control() as c:
            c.subscribe("finished")
            c.event("finished", id=1, outcome="spoken")
            c.event("finished", id=2, outcome="spoken")
            heard = tones.listen(again.samples(3 * tones.RATE))
            second.stop()
    assert [h.number() for h in heard if h.whole] == [ON_AIR, WAITING]
