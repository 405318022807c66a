"""ttsd-gateway at a broker of MQTT: what others publish is said, once, and
what becomes of it is told."""
import contextlib
import json
import os
import signal
import subprocess
import threading
import time

import daemon
from broker import (  # noqa: F401
    Broker, Liar, broker, join, packet, publication)
from daemon import wait_until

TONE = ["-D", "channel.main.engine=tone"]


def test_a_sentence(start, broker, join):
    start(*TONE)
    heard = broker.subscribe("ttsd/#")
    join(broker)
    heard.text("ttsd/hall/availability", "online")
    broker.publish("ttsd/hall/say", {"text": "440:0.1", "key": "A023-3"})
    reply = heard.next("ttsd/hall/replies")
    assert reply["ok"] and reply["durable"] and reply["key"] == "A023-3"
    assert reply["site"] == "hall" and reply["topic"] == "ttsd/hall/say"
    heard.next("ttsd/hall/receipts", event="finished", id=reply["id"],
               outcome="spoken")
    broker.publish("ttsd/hall/say", {"text": "440:0.1", "key": "A023-3"})
    again = heard.next("ttsd/hall/replies")
    assert again["duplicate"] and again["id"] == reply["id"]


def test_plain_text_and_older_brokers(start, broker, join):
    start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    join(broker, "-D", "mqtt.version=3.1.1")
    broker.publish("ttsd/hall/say", "440:0.1", version="311")
    reply = heard.next("ttsd/hall/replies")
    assert reply["ok"] and reply["key"].startswith("mqtt-")
    assert heard.next("ttsd/hall/events", event="started")["text"] == "440:0.1"
    heard.next("ttsd/hall/receipts", event="finished", id=reply["id"])


def test_what_is_retained_is_not_said(start, broker, join):
    """Of one that was published while the site was there the broker took the
    flag off, and it was said."""
    d = start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    site = join(broker)
    broker.publish("ttsd/hall/say", "440:0.1", args=["-r"])
    refused = heard.next("ttsd/hall/replies")
    assert not refused["ok"] and "retained" in refused["message"]
    site.kill()
    heard.text("ttsd/hall/availability", "offline")
    # One that waits for the site is refused, too.
    broker.publish("ttsd/hall/say", "550:0.1", args=["-r"])
    join(broker)
    assert not heard.next("ttsd/hall/replies")["ok"]
    # Nothing else is.
    broker.publish("ttsd/hall/say", "660:0.1")
    assert heard.next("ttsd/hall/replies")["ok"]
    with d.control() as c:
        assert [i["text"] for i in c.ask("history")["items"]] == ["660:0.1"]


def test_what_is_retained_at_an_older_broker(start, broker, join):
    """docs/MQTT.md: it is said when it is published, for its flag is off then,
    and refused at each start."""
    start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    site = join(broker, "-D", "mqtt.version=3.1.1")
    broker.publish("ttsd/hall/say", "440:0.1", args=["-r"], version="311")
    assert heard.next("ttsd/hall/replies")["ok"]
    for _ in range(2):
        site.kill()
        heard.text("ttsd/hall/availability", "offline")
        site = join(broker, "-D", "mqtt.version=3.1.1")
        refused = heard.next("ttsd/hall/replies")
        assert not refused["ok"] and "retained" in refused["message"]
    site.kill()
    heard.text("ttsd/hall/availability", "offline")
    broker.publish("ttsd/hall/say", "550:0.1", args=["-r"], version="311")
    join(broker, "-D", "mqtt.version=3.1.1")
    # It waited, without its flag, and is kept, with it.
    assert {heard.next("ttsd/hall/replies")["ok"] for _ in range(2)} == {
        True, False}


def test_groups_and_who_may(start, broker, join):
    start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    join(broker, "-D", "mqtt.groups=east all", "-D", "mqtt.may=say control")
    broker.publish("ttsd/group/all/say", "440:0.1")
    assert heard.next("ttsd/hall/replies")["ok"]
    broker.publish("ttsd/hall/pause", "PRESS")
    assert heard.next("ttsd/hall/replies", topic="ttsd/hall/pause")["ok"]
    broker.publish("ttsd/hall/say", {"text": "440:0.1", "priority": "urgent"})
    refused = heard.next("ttsd/hall/replies", ok=False)
    assert refused["error"] == "denied" and "urgent" in refused["message"]
    broker.publish("ttsd/hall/say", "440:0.1")
    waits = heard.next("ttsd/hall/replies", ok=True)
    assert waits["held"]
    broker.publish("ttsd/hall/cancel", str(waits["id"]))
    assert heard.next("ttsd/hall/replies")["outcome"] == "cancelled"


def test_an_answer_where_it_was_asked_for(start, broker, join):
    start(*TONE)
    heard = broker.subscribe("desk/#", "ttsd/#")
    join(broker)
    ask = ["-D", "PUBLISH", "correlation-data", "ticket-7", "-D", "PUBLISH",
           "user-property", "key", "A7"]
    broker.publish("ttsd/hall/say", "440:0.1", args=[
        "-D", "PUBLISH", "response-topic", "desk/answers", *ask])
    got = heard.until("desk/answers", lambda p: True)
    assert json.loads(got["payload"])["key"] == "A7"
    assert "ticket-7" in json.dumps(got["properties"])
    # An answer is nobody's announcement.
    broker.publish("ttsd/hall/say", "440:0.1", args=[
        "-D", "PUBLISH", "response-topic", "ttsd/cafe/say", *ask])
    assert heard.next("ttsd/hall/replies")["duplicate"]


def test_state_and_home_assistant(start, broker, join):
    d = start(*TONE)
    heard = broker.subscribe("ttsd/hall/#", "homeassistant/#")
    join(broker, "-D", "mqtt.discovery=yes", "-D", "mqtt.may=say control")
    device = heard.next("homeassistant/device/ttsd_hall/config")
    assert device["components"]["ttsd_hall_say"]["platform"] == "notify"
    broker.publish("ttsd/hall/say", "ms=30000 long")
    on_air = heard.until("ttsd/hall/state", lambda p: json.loads(p)["on_air"])
    assert json.loads(on_air["payload"])["on_air"][0]["text"] == "ms=30000 long"
    broker.publish("ttsd/hall/skip", "PRESS")
    heard.until("ttsd/hall/state", lambda p: not json.loads(p)["on_air"])
    # Who comes later is told the same.
    late = broker.subscribe("ttsd/hall/#")
    assert late.next("ttsd/hall/state")["channels"]["main"]
    d.kill()
    heard.text("ttsd/hall/availability", "offline")


def test_a_site_that_was_away_says_what_is_fresh(start, broker, join):
    d = start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    site = join(broker)
    site.kill()
    heard.text("ttsd/hall/availability", "offline")
    expiry = ["-D", "PUBLISH", "message-expiry-interval"]
    broker.publish("ttsd/hall/say", "220:0.1", args=[*expiry, "1"])
    broker.publish("ttsd/hall/say", "330:0.1", args=[*expiry, "3600"])
    began = time.monotonic()
    wait_until(lambda: time.monotonic() > began + 2.1, "the first is stale")
    with d.control() as c:
        c.subscribe("queued")
        join(broker)
        assert c.event("queued")["text"] == "330:0.1"
    assert heard.next("ttsd/hall/replies")["ok"]


@contextlib.contextmanager
def held(site):
    """It does not go to its broker meanwhile."""
    pids = [site.pid, *daemon.children_running(site.pid, "courier")]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in reversed(pids):
            os.kill(pid, signal.SIGCONT)


def test_a_broker_that_is_killed_and_comes_back(start, broker, join):
    """What was said meanwhile is told when it is back, and what was published
    is said once."""
    d = start(*TONE)
    site = join(broker)
    broker.kill()
    wait_until(lambda: "no connection" in site.logged(), "it is seen")
    with d.control() as c:
        c.subscribe("finished")
        said = c.ask("say", text="440:0.1")["id"]
        c.event("finished", id=said)
    # A receipt that the broker takes before anybody listens is told to nobody.
    with held(site):
        broker.start()
        heard = broker.subscribe("ttsd/hall/#")
    heard.next("ttsd/hall/receipts", event="finished", id=said)
    broker.publish("ttsd/hall/say", "440:0.1")
    assert heard.next("ttsd/hall/replies")["ok"]


def test_ttsd_that_ends_before_it_answers(start, rundir, join):
    """The message is not acknowledged, and said by the ttsd that comes."""
    d = start(*TONE)
    with Liar() as liar:
        site = join(liar, ready="is up")
        liar.accept()
        os.kill(d.pid, signal.SIGSTOP)
        liar.send(publication("ttsd/hall/say", "440:0.1", mid=7))
        wait_until(lambda: "asks ttsd for say" in site.logged(), "it asks")
        d.kill()
        assert not [k for k, _ in liar.ended() if k == 0x40]
        for p in rundir.glob("*.sock"):
            p.unlink()
        with daemon.Ttsd(rundir, *TONE) as again, again.control() as c:
            c.subscribe("queued", "finished")
            liar.accept()
            liar.send(publication("ttsd/hall/say", "440:0.1", mid=7,
                                  dup=True))
            liar.acknowledged(7)
            c.event("finished", outcome="spoken")
            liar.drop()
            site.stop()


def test_what_is_given_again_is_said_once(start, join):
    """However long the connection was lost: ttsd itself forgets a key."""
    d = start(*TONE, "-D", "ttsd.key_window=0ms")
    with Liar() as liar, d.control() as c:
        c.subscribe("queued", "finished")
        join(liar, ready="is up")
        liar.accept()
        said = publication("ttsd/hall/say", "440:0.1", mid=7)
        liar.send(said)
        first = liar.reply()
        c.event("finished")
        liar.drop()
        liar.accept()
        liar.send(publication("ttsd/hall/say", "440:0.1", mid=7, dup=True))
        again = liar.reply()
        assert again["duplicate"] and again["id"] == first["id"]
        # Another broker, or one that has lost all: it is new.
        liar.drop()
        liar.accept(known=False)
        liar.send(said)
        assert "duplicate" not in liar.reply()
        assert [e["event"] for e in c.until("finished")] == [
            "queued", "finished"]


def test_another_site_of_the_same_name(start, broker, join):
    """As of two machines that were copied: a broker knows one of a name. Each
    pushed the other out some four times a second, for ever, and the log said
    no more than that the connection was lost."""
    start(*TONE)
    site = join(broker)

    def said(text):
        return site.logged().count(text)
    # mosquitto 2.0 tells nobody why it hangs up.
    for times in range(1, 100):
        broker.take_over("ttsd-hall")
        wait_until(lambda times=times: said("no connection") == times,
                   "it is pushed out")
        if said("another client connects as ttsd-hall"):
            break
        wait_until(lambda times=times: said("connected as=") > times,
                   "it is back")
    assert times >= 5, "a network that is lost now and then is no such thing"
    assert "[mqtt] site of its own" in site.logged()


def test_a_broker_that_tells_of_another(start, join):
    start(*TONE)
    with Liar() as liar:
        site = join(liar, ready="is up")
        liar.accept()
        liar.send(packet(0xe0, b"\x8e"))
        wait_until(lambda: "another client has connected as ttsd-hall" in
                   site.logged(), "it says so")


def test_poison(start, broker, join):
    d = start(*TONE)
    heard = broker.subscribe("ttsd/hall/replies")
    broker.publish("ttsd/hall/say", "110:1", args=["-r"])
    join(broker)
    topic = "ttsd/hall/say"
    for payload, why in [
            (b"\xff\xfe", "UTF-8"), (b"a\0b", "NUL"), (b"x" * 70000, "long"),
            (b"{" * 3000, ""), (b'{"text":"a","text":"b"}', "duplicate"),
            (b'{"text":"a","to":"b"}', "to"), (b'{"key":"a"}', "text")]:
        broker.publish(topic, payload, version="311")
        refused = heard.next("ttsd/hall/replies")
        assert not refused["ok"] and why in refused["message"], refused
    # That one the broker does not even send.
    broker.publish(topic, b"x" * 1000000)
    broker.publish(topic, "440:0.1")
    said = heard.next("ttsd/hall/replies", ok=True)
    assert [i["text"] for i in d.control().ask("history")["items"]] == [
        "440:0.1"] and said["ok"]


def test_a_broker_that_lies(start, join):
    """Whatever it sends costs itself a connection at most."""
    start(*TONE)
    with Liar() as liar:
        site = join(liar, ready="is up")
        for lie in [b"\x30\xff\xff\xff\x7f", b"\x30\xff\xff\xff\xff\xff",
                    b"\0\0", packet(0x32, b"\0\1t\0\0\0"), os.urandom(4096),
                    packet(0x40, b"\0\1"), packet(0xe0, b"\x8b")]:
            liar.accept()
            liar.send(lie)
            liar.no_more()
            liar.ended()
            liar.drop()
        liar.accept()
        # Topics that nobody subscribed to, one of them as long as can be.
        for topic in [b"ttsd/#", b"ttsd/+/say", b"x" * 65535, b"\xff\xfe",
                      b"ttsd/cafe/say"]:
            try:
                liar.send(publication(topic, "440:0.1", mid=9))
                liar.acknowledged(9)
            except (EOFError, OSError):
                liar.accept()
        assert not daemon_said(site)
        liar.send(publication("ttsd/hall/say", "440:0.1", mid=7))
        assert liar.reply()["ok"]
        courier, = daemon.children_running(site.pid, "courier")
        assert resident(courier) < 100 << 20


def daemon_said(site):
    with daemon.Control(site.directory / "control.sock") as c:
        return c.ask("history")["items"]


def resident(pid):
    """Bytes of memory that a process has."""
    with open(f"/proc/{pid}/statm", encoding="ascii") as f:
        return int(f.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_a_hundred_thousand_messages(start, join):
    """They wait at the broker, and nothing grows here."""
    start(*TONE)
    with Liar() as liar:
        site = join(liar, ready="is up")
        liar.accept()
        liar.until(0x80)
        poison = publication("ttsd/hall/say", "110:1", retain=True)
        sender = threading.Thread(target=lambda: liar.send(
            poison * 100000 + publication("ttsd/hall/say", "440:0.1", mid=7)))
        sender.start()
        assert sum(liar.reply()["ok"] for _ in range(100001)) == 1
        sender.join()
        courier, = daemon.children_running(site.pid, "courier")
        # Sanitized, what was freed is kept for a while.
        if daemon.BUILD.name != "san":
            assert resident(courier) < 30 << 20
            assert resident(site.pid) < 30 << 20


def test_a_hundred_thousand_marks(start, join):
    """Retained, where a gateway keeps up to which receipt the broker has all:
    the first may be its own, and none holds up what is asked."""
    start(*TONE)
    with Liar() as liar:
        site = join(liar, ready="is up")
        liar.accept()
        liar.until(0x80)
        marks = b"".join(publication("ttsd/hall/told", str(i), retain=True)
                         for i in range(100000))
        sender = threading.Thread(target=lambda: liar.send(
            marks + publication("ttsd/hall/say", "440:0.1", mid=7)))
        sender.start()
        assert liar.reply()["ok"]
        sender.join()
        courier, = daemon.children_running(site.pid, "courier")
        if daemon.BUILD.name != "san":
            assert max(map(resident, (courier, site.pid))) < 30 << 20


def test_a_courier_that_is_killed(start, broker, join):
    start(*TONE)
    heard = broker.subscribe("ttsd/hall/#")
    site = join(broker)
    courier, = daemon.children_running(site.pid, "courier")
    heard.text("ttsd/hall/availability", "online")
    os.kill(courier, signal.SIGKILL)
    heard.text("ttsd/hall/availability", "offline")
    heard.text("ttsd/hall/availability", "online")
    broker.publish("ttsd/hall/say", "440:0.1")
    assert heard.next("ttsd/hall/replies")["ok"]


def make_certificates(at):
    """A broker's certificate, by an authority of the test's own."""
    def openssl(*args):
        subprocess.run(["openssl", *args], cwd=at, check=True,
                       capture_output=True)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout",
            "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test ca")
    openssl("req", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem",
            "-out", "broker.csr", "-subj", "/CN=127.0.0.1")
    (at / "names").write_text("subjectAltName=IP:127.0.0.1\n")
    openssl("x509", "-req", "-in", "broker.csr", "-CA", "ca.pem", "-CAkey",
            "ca.key", "-CAcreateserial", "-out", "cert.pem", "-days", "2",
            "-extfile", "names")


def test_tls_and_a_password(start, rundir, join):
    start(*TONE)
    make_certificates(rundir)
    passwords, mine = rundir / "passwords", rundir / "mine"
    subprocess.run(["mosquitto_passwd", "-b", "-c", str(passwords), "hall",
                    "secret-word"], check=True, capture_output=True)
    passwords.chmod(0o644)
    mine.write_text("secret-word\n")
    with Broker(rundir, f"certfile {rundir}/cert.pem",
                f"keyfile {rundir}/key.pem", "allow_anonymous false",
                f"password_file {passwords}", args=[
                    "--cafile", f"{rundir}/ca.pem", "-u", "hall", "-P",
                    "secret-word"]) as broker:
        url = f"mqtt.url=mqtts://127.0.0.1:{broker.port}"
        known = ["-D", url, "-D", f"mqtt.ca_file={rundir}/ca.pem", "-D",
                 "mqtt.user=hall"]
        heard = broker.subscribe("ttsd/hall/#")
        site = join(broker, *known, "-D", f"mqtt.password_file={mine}")
        broker.publish("ttsd/hall/say", "440:0.1")
        assert heard.next("ttsd/hall/replies")["ok"]
        assert "secret-word" not in site.logged()
        courier, = daemon.children_running(site.pid, "courier")
        assert "secret-word" not in daemon.command_line(courier)
        site.stop()
        env = {**os.environ, "HALL_PASSWORD": "secret-word"}
        site = join(broker, *known, "-D", "mqtt.password_env=HALL_PASSWORD",
                    env=env)
        site.stop()
        # Neither a wrong word nor a broker that nobody vouches for.
        mine.write_text("another-word\n")
        site = join(broker, *known, "-D", f"mqtt.password_file={mine}",
                    ready="the broker refuses it")
        assert "another-word" not in site.logged()
        site.stop()
        join(broker, "-D", url, ready="certificate verify failed").stop()


def test_what_the_configuration_cannot_mean(rundir):
    for setting, word in [("mqtt.may=fly", "urgent"),
                          ("mqtt.may=say admin", "urgent"),
                          ("mqtt.may=none say", "urgent"),
                          ("http.anonymous=none read", "outputs"),
                          ("mqtt.site=a/b", "topics"),
                          ("mqtt.url=broker", "mqtts://HOST")]:
        got = subprocess.run(
            [daemon.binary("ttsd-gateway"), "-c", "/dev/null", "-D",
             "mqtt.url=mqtt://127.0.0.1:1", "-D", setting, "--check-config"],
            capture_output=True, text=True, check=False)
        assert got.returncode == 78 and word in got.stderr, got.stderr
