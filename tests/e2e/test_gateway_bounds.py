"""A token that is for some channels, against all that is of another one: by
each operation that there is."""
import json

import pytest

import daemon
from gateway import Gateway
from supervisor import Supervisor

CONF = ["-D", "channel.hall.engine=tone", "-D", "channel.cafe.engine=tone",
        "-D", "zone.ours.channels=cafe",
        "-D", "message.ticket.text=ms=5 {ticket}",
        "-D", "message.secret.text=ms=5 {ticket}",
        "-D", "message.secret.channel=hall",
        "-D", "message.both.text=ms=5", "-D", "message.both.channel=hall cafe",
        "-D", "message.alarm.text=ms=5", "-D", "message.alarm.prepare=yes",
        "-D", "series.H.channel=hall", "-D", "series.C.channel=cafe"]
RIGHTS = "say,read,urgent,control,outputs,admin"


@pytest.fixture
def house(start, rundir):
    d = start(*CONF)
    with Supervisor(rundir), Gateway(rundir, *CONF, rights="none") as g, \
            d.control() as c:
        for channel in ("hall", "cafe"):
            c.ask("pause", channel=channel)
        yield g, c


def hidden(c):
    """What is of the other channel: an announcement, a call, a transfer."""
    said = c.ask("say", text="ms=5 secret", channel="hall", key="k")["id"]
    call = c.ask("call", series="H", key="c")["id"]
    skipped = c.ask("skip-number", series="H")["id"]
    c.ask("call", ticket="H009")
    moved = c.ask("transfer", ticket="H009", series="H")["id"]
    for name, more in [("bell", {"channel": "hall"}), ("first", {})]:
        c.ask("set-schedule", name=name, at="8:00", text="secret", **more)
    return said, call, skipped, moved


def state(c):
    """But for how far the sound of what waits is made: that goes on."""
    waiting = [{k: v for k, v in item.items() if k != "state"}
               for item in c.ask("queue", channel="hall")["items"]]
    return (waiting, c.ask("series"), c.ask("calls"), c.ask("schedules"),
            [{k: s[k] for k in ("name", "state", "paused") if k in s}
             for s in c.ask("status")["channels"]])


# What each operation would do there; () where a reply is all it can tell.
ATTACKS = {
    "say": [{"text": "ms=5", "channel": "hall"},
            {"text": "ms=5", "channel": ["cafe", "hall"]},
            {"message": "secret", "fields": {"ticket": "1"}},
            {"message": "secret", "channel": "cafe"},
            {"message": "both"}, {"message": "both", "channel": "cafe"}],
    "messages": [{}],
    "cancel": [{"id": "said"}, {"id": "call"}, {"ids": ["said"]},
               {"ids": {"hall": "said"}}],
    "call": [{"series": "H"}, {"series": "H", "channel": "cafe"},
             {"ticket": "H001"}, {"again": True},
             {"again": True, "series": "H"}, {"series": "C",
                                              "channel": "hall"},
             {"series": "C", "message": "secret"},
             {"ticket": "C005", "message": "secret", "channel": "cafe"}],
    "transfer": [{"ticket": "H001", "series": "C"},
                 {"ticket": "H009", "series": "C"},
                 {"ticket": "H001", "counter": "1", "channel": "cafe"}],
    "uncall": [{"id": "call"}, {"id": "skipped"}, {"id": "moved"}],
    "skip-number": [{"series": "H"}],
    "set-series": [{"series": "H", "next": 7}],
    "series": [{}],
    "calls": [{}, {"series": "H"}, {"channel": "hall"}],
    "schedules": [{}],
    "set-schedule": [{"name": "bell", "at": "8:00", "text": "x",
                      "channel": "cafe"},
                     {"name": "new", "at": "8:00", "text": "x",
                      "channel": ["cafe", "hall"]},
                     {"name": "new", "at": "8:00", "text": "x",
                      "channel": "hall"}],
    "remove-schedule": [{"name": "bell"}, {"name": "first"}],
    "skip": [{"channel": "hall"}],
    "clear": [{"channel": "hall"}],
    "pause": [{"channel": "hall"}],
    "stop-all": [{}],
    "resume": [{"channel": "hall"}],
    "queue": [{"channel": "hall"}],
    "move": [{"id": "said"}, {"id": "said", "before": "call"}],
    "history": [{}, {"channel": "hall"}, {"id": "said"}, {"key": "k"}],
    "receipt": [{"receipts": [{"id": 1, "channel": "hall", "output": "x",
                               "state": "heard"}]}],
    "status": [{"channel": "hall"}],
    "channels": [{}],
    "voices": [{}],
    "engines": [{}],
    "set": [{"channel": "hall", "rate": 100}],
    "show": [{"video": "v", "channel": "hall", "show": {"a": "b"}}],
    "subscribe": [{}, {"channel": "hall"}],
    "upgrade": [{}],
    "reload": [{}],
    "ping": [{}],
    "help": [{}],
    "quit": [{}],
}


@pytest.mark.parametrize("channels", ["cafe", "ours"])
def test_by_each_operation(house, channels):
    g, c = house
    token = g.add_token("desk", RIGHTS, channels=channels)
    ids = dict(zip(("said", "call", "skipped", "moved"), hidden(c)))
    before = state(c)
    ops = c.ask("help", detail=True)["ops"]
    assert set(ops) == set(ATTACKS), "each operation is tried"

    def put(value):
        if isinstance(value, dict):
            return {k: put(v) for k, v in value.items()}
        if isinstance(value, list):
            return [put(v) for v in value]
        return ids.get(value, value) if isinstance(value, str) else value

    for op, attacks in ATTACKS.items():
        for fields in attacks:
            # What it claims for itself is not asked.
            for more in ({}, {"only": ["hall", "cafe"]}, {"by": "x"}):
                if "by" in more and "by" not in ops[op]["fields"]:
                    continue
                status, reply = g.post(op, token, **put(fields), **more)
                told = str(reply)
                for word in ("secret", "hall", "H001", "H002", "H009", "'H'",
                             '"H"'):
                    if word in str(fields):
                        continue
                    assert word not in told, (op, fields, told)
                if ops[op]["may"] != "none" and op not in (
                        "messages", "series", "calls", "schedules",
                        "channels", "voices", "engines", "history", "stop-all"):
                    assert status in (403, 404), (op, fields, told)
                assert state(c) == before, (op, fields, told)
    c.ask("call", ticket="C009")
    assert g.post("transfer", token, ticket="C009", counter="1",
                  message="secret")[0] == 404


def test_supervisor_by_each_operation(house, rundir):
    g, _ = house
    token = g.add_token("desk", RIGHTS, channels="cafe")
    with daemon.Control(rundir / "streamer.sock") as s:
        ops = s.ask("help", detail=True)["ops"]
    for op, what in ops.items():
        status = g.post(f"outputs/{op}", token, name="x")[0]
        if what["may"] != "none" and op != "subscribe":
            assert status == 403, op


def test_what_is_its_own(house):
    """It is taken back, moved and listed by who may use its channel; and what
    is of another one is as if it were not there."""
    g, c = house
    token = g.add_token("desk", RIGHTS, channels="ours")

    def ask(op, **fields):
        return g.ask(op, token=token, **fields)

    said = hidden(c)[0]
    first = c.ask("say", text="ms=5", channel="cafe")["id"]
    other = c.ask("say", text="ms=5", channel="cafe")["id"]
    assert ask("move", id=other, before=first)["position"] == 0
    assert ask("cancel", id=first)["outcome"] == "cancelled"
    assert ask("cancel", ids={"cafe": other})["cancelled"] == 1
    assert [s["name"] for s in ask("series")["series"]] == ["C"]
    messages = ask("messages")["messages"]
    assert [m["name"] for m in messages] == ["ticket", "alarm"]
    assert messages[1]["prepared"][0]["channels"] == ["cafe"]
    for what in ({"text": "ms=5"}, {"message": "alarm"}):
        id_ = ask("say", **what)["ids"]["cafe"]
        assert [i["id"] for i in c.ask("queue", channel="cafe")["items"]] == \
            [id_], "on its own channel, though it named none"
        ask("cancel", id=id_)
    assert [m["name"] for m in ask("channels")["channels"]] == ["cafe"]
    call = ask("call", series="C")
    assert call["ticket"] == "C001"
    assert c.ask("queue", channel="cafe")["items"][0]["id"] == call["id"]
    c.ask("call", series="H")
    assert ask("call", again=True)["ticket"] == "C001", "its own latest"
    assert ask("skip-number", series="C")["ticket"] == "C002"
    ask("transfer", ticket="C001", series="C")
    assert ask("call", series="C")["ticket"] == "C001"
    assert ask("set-series", series="C", next=30)["next_ticket"] == "C030"
    assert {r["series"] for r in ask("calls")["calls"]} == {"C"}
    assert ask("uncall", id=call["id"])["ticket"] == "C001"
    for op in ("cancel", "uncall", "move"):
        strange = g.post(op, token, id=said)
        unknown = g.post(op, token, id=999999)
        assert strange[0] == unknown[0] == 404
        assert str(strange[1]).replace(str(said), "N") == \
            str(unknown[1]).replace("999999", "N"), op


@pytest.mark.parametrize("query", ["", "?channel=cafe", "?channel=hall",
                                   "?events=output", "?events=nonsense"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_events_of_outputs_are_not_its_own(house, method, query):
    """What is of no channel it may not ask; this was a 200, and silence."""
    g, _ = house
    token = g.add_token("desk", RIGHTS, channels="cafe")
    status, _, body = g.request(method, "/v1/outputs/events" + query, None,
                                token)
    assert status == 403
    assert method == "HEAD" or json.loads(body)["error"] == "denied"


def test_events_of_its_own(house):
    """Also where it has them by a zone, and what desks do."""
    g, c = house
    token = g.add_token("desk", "read", channels="ours")
    with g.events("events=queued,called,series,transferred",
                  Authorization=f"Bearer {token}") as events:
        assert events.next()[0] == "subscribed"
        hidden(c)
        c.ask("call", series="C")
        c.ask("transfer", ticket="C001", series="C")
        told = [events.next() for _ in range(5)]
    assert [name for name, _ in told] == [
        "queued", "called", "series", "transferred", "series"]
    assert "H0" not in str(told)


def test_a_zones_channels_are_its_own_by_their_names(house):
    """A desk of a zone saw `cafe` in its lists, its events and its queue, and
    was refused where it named it; nor could it listen to anything, for a zone
    has no sound."""
    g, c = house
    token = g.add_token("desk", RIGHTS, channels="ours")
    for channel, status in (("cafe", 200), ("ours", 200), ("hall", 403),
                            ("nowhere", 403)):
        assert g.post("queue", token, channel=channel)[0] == status, channel
        assert g.post("history", token, channel=[channel])[0] == status
    said = g.ask("say", token=token, text="ms=5", channel="cafe")["id"]
    assert c.ask("queue", channel="cafe")["items"][0]["id"] == said
    for channel, status in (("cafe", 200), ("hall", 403)):
        assert g.request("HEAD", f"/v1/listen/{channel}",
                         token=token)[0] == status, channel
        assert g.request("POST", "/v1/audio/speech", {
            "input": "ms=5", "response_format": "pcm", "channel": channel},
            token)[0] == status, channel


@pytest.mark.parametrize("channel", ["cafe", "ours"])
def test_events_of_a_zone(house, channel):
    """A zone's name was taken, and nothing was ever told."""
    g, c = house
    token = g.add_token("desk", "read", channels="ours")
    with g.events(f"events=queued&channel={channel}",
                  Authorization=f"Bearer {token}") as events:
        assert events.status == 200
        assert events.next()[0] == "subscribed"
        hidden(c)
        said = c.ask("say", text="ms=5", channel="cafe")["id"]
        assert events.next()[1]["id"] == said
