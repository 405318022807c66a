"""The packages on a machine of their own, from the first installation to the
last file that is left: `make packages-test` builds two versions of them.

PACKAGES is the folder with both, in `one` and `two`.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import threading
import time

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "e2e"))

from daemon import Listener, wait_until  # noqa: E402
from machine import Machine, Missing, fresh  # noqa: E402
from sound import match, samples  # noqa: E402

FOLDER = pathlib.Path(os.environ["PACKAGES"])
UNITS = ("ttsd", "streamer-supervisor")
NAMES = ("ttsd ttsctl streamer-supervisor ttsd-gateway ttsd-engine-espeak"
         " ttsd-painter")
FRAME_S = 0.02
# What a machine keeps of its own accord, whatever was installed there.
KEPT = re.compile(
    r"/(var/(log|lib/(apt|dpkg|systemd)|cache|tmp)|tmp|packages|proc|sys|dev|"
    r"run|root)(/|$)|/etc/(ld\.so\.cache|.*-|machine-id|\.updated|.*\.lock)$|"
    r"/etc$|/var/\.updated$")


@pytest.fixture(scope="module")
def machine():
    for program in ("systemd-nspawn", "nsenter"):
        if os.geteuid() != 0 or not shutil.which(program):
            pytest.skip(f"booting a machine takes root and {program}")
    try:
        fresh(FOLDER / "fresh",
              {name: FOLDER / name for name in ("one", "two")})
    except Missing as e:
        pytest.skip(str(e))
    with Machine(FOLDER / "fresh", FOLDER / "machine") as m:
        yield m


def step(what):
    print(f"packages: {what}", flush=True)


def apt(m, line):
    return m.run(f"DEBIAN_FRONTEND=noninteractive apt-get -y {line}")


def files(m):
    """All there are, but for what a machine keeps anyway."""
    return {line for line in m.says("find / -xdev").splitlines()
            if not KEPT.match(line)}


def accounts(m):
    return set(m.says("cat /etc/passwd /etc/group").splitlines())


def pid_of(m, unit):
    return int(m.says(f"systemctl show -p MainPID --value {unit}"))


def active(m, unit):
    return m.says(f"systemctl show -p ActiveState --value {unit}") == "active"


def output(m, name):
    return json.loads(m.says(f"ttsctl outputs --json {name}"))


def history(m, key):
    reply = json.loads(m.says(f"ttsctl history --json --key {key}"))
    return reply["items"]


def outcomes(m, key):
    return [a.get("outcome") for a in history(m, key)]


# Between two pictures that stand for themselves, at most; and so long may what
# is said be on its way to a file.
KEY_PICTURES_S = 10
BEHIND_S = 5


def on_air_with_a_picture(m):
    """A sentence, from ttsd's own door and out of the output."""
    m.run("rm -f /tmp/heard.ts")
    receiver = subprocess.Popen(m.words(
        "echo $$ >/tmp/heard.pid; exec ffmpeg -nostdin -loglevel fatal -i"
        " 'udp://127.0.0.1:5004?fifo_size=100000' -c copy -flush_packets 1"
        " /tmp/heard.ts"))
    try:
        wait_until(lambda: m.path("/tmp/heard.ts").exists() and
                   m.path("/tmp/heard.ts").stat().st_size > 0,
                   "the picture and the sound of the output")
        with Listener(m.path("/run/ttsd/main.sock")) as own:
            m.run("ttsctl say --wait --show ticket=A023 --show counter=3"
                  " 请A023号到3号窗口。")
            said, rate = samples(bytes(own.pcm)), own.rate
            own.until(len(said) + (KEY_PICTURES_S + BEHIND_S) * rate)
        m.run("kill -INT $(cat /tmp/heard.pid)")
        receiver.wait(60)
    finally:
        receiver.kill()
        receiver.wait()
    heard = m.path("/tmp/heard.ts")
    pcm = subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "fatal", "-i", heard, "-f",
         "s16le", "-ac", "1", "-ar", str(rate), "-"],
        check=True, stdout=subprocess.PIPE).stdout
    loud = [i for i, s in enumerate(said) if abs(int(s)) > 300]
    assert loud, "nothing was said"
    score, _ = match(said[loud[0]:loud[-1]], samples(pcm))
    assert score > 0.8
    colours = subprocess.run(
        ["ffmpeg", "-nostdin", "-loglevel", "fatal", "-i", heard, "-f",
         "rawvideo", "-pix_fmt", "gray", "-"],
        check=True, stdout=subprocess.PIPE).stdout
    assert len(set(colours[-100000:])) > 10, "the picture shows nothing"


class Watch(threading.Thread):
    """How late the sound is: each piece against the samples before it."""

    def __init__(self, m):
        super().__init__(daemon=True)
        self.listener = Listener(m.path("/run/ttsd/main.sock"))
        self.ended = threading.Event()
        self.late = []
        self.start()

    def run(self):
        began = None
        size = 2 * self.listener.channels * self.listener.rate
        while not self.ended.wait(FRAME_S / 4):
            now, had = time.monotonic(), len(self.listener.pcm) / size
            if began is None or now - had < began:
                began = now - had
            self.late.append(now - had - began)
        self.lasted = not self.listener.ended

    def worst(self):
        """Ends it: the latest, in seconds."""
        self.ended.set()
        self.join()
        self.listener.close()
        assert self.lasted, "the stream ended"
        return max(self.late)


def test_a_machines_life(machine):
    m = machine
    before, those_before = files(m), accounts(m)

    step("one command installs it, and it speaks")
    apt(m, "install /packages/one/*.deb")
    for unit in UNITS:
        wait_until(lambda: active(m, unit), unit)
    m.run("ttsctl say --wait Hello")

    step("one edit, and it is on air with a picture")
    m.run("sed -i 's/^autostart = no/autostart = yes/' /etc/ttsd/ttsd.conf")
    m.run("systemctl restart streamer-supervisor")
    wait_until(lambda: output(m, "hall")["state"] == "running", "the output")
    on_air_with_a_picture(m)

    step("who is in the group may speak, and nobody else")
    m.run("useradd nurse; useradd -G ttsd doctor")
    m.run("runuser -u doctor -- ttsctl say --wait Next")
    assert m.run("runuser -u nurse -- ttsctl say Next", check=False
                 ).returncode == 77

    step("the power goes, in mid-sentence and with more that waits")
    m.run("printf '[output far]\\nurl = udp://10.9.8.7:5004\\n'"
          " >>/etc/ttsd/ttsd.conf; systemctl restart streamer-supervisor")
    long = " ".join(["This is said until the power goes."] * 6)
    keys = ("first", "second", "third")
    for key in keys:
        m.run(f"ttsctl say --key {key} '{long}'")
    with Listener(m.path("/run/ttsd/main.sock")) as own:
        wait_until(lambda: max(own.pcm[-2000:], default=0) > 0, "speech")
    m.cut()
    m.boot()

    step("it boots without a network, ttsd first, and nothing was lost")
    began = [int(m.says("systemctl show --value"
                        f" -p ActiveEnterTimestampMonotonic {unit}"))
             for unit in (*UNITS, "multi-user.target")]
    assert began == sorted(began) and began[0] > 0, began
    wait_until(lambda: all("spoken" in outcomes(m, key) for key in keys),
               "all that waited when the power went", 120)
    assert all(len(history(m, key)) == 1 for key in keys)
    on_air_with_a_picture(m)

    step("the network comes late, and the output that wants it goes on air")
    assert output(m, "far")["state"] != "running"
    m.network("ip addr add 10.9.8.7/32 dev lo")
    wait_until(lambda: output(m, "far")["state"] == "running", "the output", 120)

    step("an upgrade in mid-sentence")
    pid, way = pid_of(m, "ttsd"), output(m, "hall")["pid"]
    program = m.says("ttsd --version")
    watch = Watch(m)
    wait_until(lambda: len(watch.late) > 1000, "ten seconds as they are")
    baseline = max(watch.late[500:])
    number = int(m.says(f"ttsctl say -q '{long}'"))
    apt(m, "install /packages/two/*.deb")
    m.run(f"ttsctl say --wait --key after 'After the upgrade'")
    late = watch.worst()
    print(f"packages: late by {late * 1e3:.1f} ms at most over the upgrade,"
          f" by {baseline * 1e3:.1f} ms before it", flush=True)
    assert m.says("ttsd --version") != program
    assert pid_of(m, "ttsd") == pid, "ttsd was started anew"
    assert output(m, "hall")["pid"] == way, "ffmpeg was started anew"
    assert "deleted" not in os.readlink(f"/proc/{m.leader}/root/proc/{pid}/exe")
    spoken = json.loads(m.says("ttsctl history --json"))["items"]
    assert [a.get("outcome") for a in spoken if a["id"] == number] == ["spoken"]
    assert late < max(2 * FRAME_S, baseline) + FRAME_S

    step("removed, it leaves its configuration and what it knows")
    apt(m, f"remove {NAMES}")
    assert not m.says("find /proc -maxdepth 1 -user ttsd")
    assert "autostart = yes" in m.says("cat /etc/ttsd/ttsd.conf")
    apt(m, "install /packages/two/*.deb")
    wait_until(lambda: active(m, "ttsd"), "ttsd")
    assert outcomes(m, "after") == ["spoken"]

    step("purged, it leaves nothing")
    m.run("userdel nurse; userdel doctor")
    apt(m, f"purge {NAMES}")
    apt(m, "autoremove --purge")
    assert not m.says("ls -d /run/ttsd* /var/lib/ttsd* /var/cache/ttsd*"
                      " 2>/dev/null || true")
    assert accounts(m) - those_before == set()
    left = files(m) - before
    assert not [f for f in left if "ttsd" in f or "streamer" in f], left
    print(f"packages: of what it depended on, {len(left)} files are left")
