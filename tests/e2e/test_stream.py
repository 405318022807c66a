"""What arrives on an audio socket, listened to."""
import signal
import struct

import numpy as np
import pytest

from daemon import wait_until
from sound import espeak, match, samples

HELLO = "Hello, this is a test of the stream."


def test_header_and_silence(start):
    with start("-D", "channel.main.rate=22050", "-D",
               "channel.main.channels=2").listen() as reader:
        assert reader.header == struct.pack(
            "<4sI4s4sIHHIIHH4sI", b"RIFF", 0xFFFFFFFF, b"WAVE", b"fmt ", 16,
            1, 2, 22050, 22050 * 4, 4, 16, b"data", 0xFFFFFFFF)
        assert not any(reader.samples(11025))


@pytest.mark.parametrize("voice,text", [
    ("en", HELLO),
    ("de", "Grüße aus München, Ticket A 23."),
    ("en+f3", "A variant of the voice."),
    ("cmn", "请到三号窗口"),
])
def test_bit_identical_to_espeak(start, voice, text):
    """Where no resampling happens the stream carries exactly the samples
    that espeak-ng makes, at exactly the position the events tell."""
    ttsd = start("-D", "channel.main.rate=22050")
    with ttsd.listen() as reader, ttsd.control() as control:
        control.subscribe("subscriber", "started", "finished")
        joined = ttsd.status()["channels"][0]["subscribers"][0]
        said = control.ask("say", text=text, voice=voice)
        done = control.event("finished", id=said["id"])
        assert done["outcome"] == "spoken"
        expected = espeak(text, voice)
        first = done["first_sample"] - joined["first_sample"]
        last = done["last_sample"] - joined["first_sample"]
        pcm = reader.until(last + 1 + 220)
        assert pcm[first * 2:(last + 1) * 2] == expected
        assert not any(pcm[:first * 2])
        assert not any(pcm[(last + 1) * 2:])


def test_resampled_speech_matches(start):
    ttsd = start("-D", "channel.main.rate=44100")
    with ttsd.listen() as reader, ttsd.control() as control:
        control.subscribe("finished")
        said = control.ask("say", text=HELLO)
        done = control.event("finished", id=said["id"])
        source = samples(espeak(HELLO)).astype(float)
        assert (done["last_sample"] - done["first_sample"] + 1 ==
                2 * len(source))
        got = samples(reader.until(2 * len(source) + 4410))
        score, _ = match(source, got[::2])
        other, _ = match(source, got[1::2])
        assert max(score, other) > 0.98


def test_queued_announcements_follow_without_a_gap(start):
    ttsd = start("-D", "channel.main.rate=22050")
    with ttsd.control() as control:
        control.subscribe("started", "finished")
        for text in ("One.", "Two.", "Three."):
            control.ask("say", text=text)
        ends = [control.event("finished", id=i) for i in (1, 2, 3)]
        for a, b in zip(ends, ends[1:]):
            assert b["first_sample"] == a["last_sample"] + 1


def test_clock_is_arithmetic(start):
    """The stream's position is the time since the epoch, to one chunk."""
    ttsd = start()
    with ttsd.control() as control, ttsd.listen() as reader:
        def offset():
            s = control.ask("status")
            return s["channels"][0]["sample"] / 24.0 - s["uptime_ms"]
        before = offset()
        reader.samples(24000 * 2)
        assert abs(offset() - before) <= 11
        assert -12 <= offset() <= 1


def test_subscribers_hear_the_same(start):
    ttsd = start()
    readers = [ttsd.listen() for _ in range(8)]
    with ttsd.control() as control:
        control.subscribe("finished")
        said = control.ask("say", text=HELLO)
        done = control.event("finished", id=said["id"])
        length = done["last_sample"] - done["first_sample"] + 1
        spoken = []
        for reader in readers:
            pcm = samples(reader.until(length + 24000))
            heard = np.nonzero(pcm)[0]
            spoken.append(pcm[heard[0]:heard[-1] + 1].tobytes())
        assert len(spoken[0]) > length and len(set(spoken)) == 1
    for reader in readers:
        reader.close()


def test_500_subscribers(start):
    ttsd = start()
    readers = [ttsd.listen() for _ in range(500)]
    for reader in readers:
        assert not any(reader.samples(2400))
    status = ttsd.status()["channels"][0]
    assert len(status["subscribers"]) == 500
    for reader in readers:
        reader.close()
    wait_until(lambda: not ttsd.status()["channels"][0]["subscribers"],
               "all have left")


def test_stalled_subscriber_is_skipped_and_harms_nobody(start):
    ttsd = start()
    with ttsd.control() as control, ttsd.listen() as good:
        control.subscribe("subscriber")
        stalled = ttsd.listen(stalled=True)
        control.event(state="joined")
        event = control.event(state="lagging")
        assert event["skips"] == 1
        assert len(good.samples(24000)) == 48000
        subscribers = ttsd.status()["channels"][0]["subscribers"]
        assert sorted(s["skips"] > 0 for s in subscribers) == [False, True]
        assert not any(stalled.resume().samples(24000))
        stalled.close()
        control.event(state="left")


def test_skip_stays_in_step(start):
    """After a skip the left channel is still the left one: a reader that
    stalled while a tone played on a stereo stream finds pairs of equals."""
    ttsd = start("-D", "channel.main.engine=tone", "-D",
                 "channel.main.channels=2", "-D", "channel.main.lag_max=60ms")
    with ttsd.control() as control:
        control.subscribe("subscriber")
        control.ask("say", text="ms=60000 tone")
        stalled = ttsd.listen(stalled=True)
        control.event(state="lagging")
        pcm = samples(stalled.resume().samples(24001)).reshape(-1, 2)
        assert np.array_equal(pcm[:, 0], pcm[:, 1])
        assert any(pcm[12000:, 0])
        stalled.close()
        control.ask("skip")


def test_stalled_subscriber_is_dropped_by_policy(start):
    ttsd = start("-D", "channel.main.overflow=drop")
    with ttsd.control() as control:
        control.subscribe("subscriber")
        stalled = ttsd.listen(stalled=True)
        control.event(state="joined")
        control.event(state="left")
        assert ttsd.status()["channels"][0]["counters"]["drops"] == 1
        stalled.close()


def test_reader_that_ends_its_sending_side_goes_on(start):
    ttsd = start()
    with ttsd.listen() as reader:
        reader.socket.shutdown(1)
        assert not any(reader.samples(24000))


def test_what_a_reader_sends_is_ignored(start):
    ttsd = start()
    with ttsd.listen() as reader:
        for _ in range(20):
            reader.socket.sendall(b"GET / HTTP/1.1\r\n\r\n" * 1000)
            assert not any(reader.samples(240))


def test_cancel_fades_out_without_a_click(start):
    ttsd = start("-D", "channel.main.engine=tone")
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("started", "finished")
        said = control.ask("say", text="ms=20000 tone")
        control.event("started")
        reader.samples(4800)
        control.ask("cancel", id=said["id"])
        done = control.event("finished", id=said["id"])
        assert done["outcome"] == "cancelled"
        length = done["last_sample"] - done["first_sample"] + 1
        pcm = samples(reader.until(length + 4800)).astype(int)
        end = np.nonzero(pcm)[0][-1]
        # A sine at 440 Hz of this level moves by less than 1,900 a sample.
        assert np.abs(np.diff(pcm)).max() < 2500
        peak = [np.abs(pcm[end - 480 + i:end - 360 + i]).max()
                for i in range(0, 480, 120)]
        # Where it is not faded yet, they differ by how samples are rounded.
        assert all(b <= a + 1 for a, b in zip(peak, peak[1:])), peak
        assert peak[0] > 3 * peak[-1]


def test_pause_holds_the_sentence_and_resume_goes_on(start):
    ttsd = start("-D", "channel.main.engine=tone")
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("started", "finished")
        control.ask("say", text="ms=1000 tone")
        control.event("started")
        control.ask("pause")
        assert ttsd.status()["channels"][0]["state"] == "paused"
        # What was on its way, and the fade.
        reader.samples(len(reader.pcm) // 2 + 4800)
        assert not any(reader.samples(24000))
        control.ask("resume")
        done = control.event("finished")
        assert done["outcome"] == "spoken"
        assert done["last_sample"] - done["first_sample"] > 24000 * 1.9


def test_many_channels_of_different_formats(start):
    rates = {"a": 8000, "b": 48000, "c": 44100}
    args = []
    for name, rate in rates.items():
        args += ["-D", f"channel.{name}.rate={rate}"]
    ttsd = start(*args)
    with ttsd.control() as control:
        control.subscribe("finished")
        for name in rates:
            control.ask("say", text="Hello.", channel=name)
        for _ in rates:
            assert control.event("finished")["outcome"] == "spoken"
        for name, rate in rates.items():
            with ttsd.listen(name) as reader:
                assert reader.rate == rate
                reader.samples(rate // 10)


def test_machine_that_stood_still_skips_and_says_so(start):
    """SIGSTOP for more than two seconds is what a sleeping laptop looks
    like: the stream goes on at the present, it does not burst."""
    ttsd = start()
    with ttsd.control() as control, ttsd.listen() as reader:
        control.subscribe("clock")
        reader.samples(2400)
        ttsd.process.send_signal(signal.SIGSTOP)
        import select
        quiet, _, _ = select.select([control.socket], [], [], 2.6)
        assert not quiet
        ttsd.process.send_signal(signal.SIGCONT)
        event = control.event("clock")
        assert event["skipped"] >= 2 * 24000
        reader.samples(2400)


def test_killed_daemon_is_replaced(start):
    first = start()
    with first.control() as control:
        control.ask("say", text=HELLO)
    first.kill()
    second = start()
    with second.control() as control, second.listen() as reader:
        control.subscribe("finished")
        control.ask("say", text=HELLO)
        assert control.event("finished")["outcome"] == "spoken"
        assert any(reader.until(24000))
