"""What a board is to show, from the command line and the control socket to
the events that whoever draws it hears."""
import json
import select

from client import ctl, follow, table  # noqa: F401
from daemon import wait_until

BOARD = ["-D", "video.board.source=colour"]
# Whatever somebody may call a number: it is text, and comes back as it was.
TEXTS = ["", "A023", "3 号窗口", "🎉👩‍👩‍👧", "%{pts:hms} %n %s", '"quoted\'',
         "</text><image href='/etc/passwd'/>", "{caption}", "\\n \\", "a=b=c",
         "\u202eright to left\u202c", "tab\tand\nline"]


def test_said_with_fields(start, ctl):
    ttsd = start()
    with ttsd.control() as c:
        c.subscribe()
        p = ctl("say", "--show", "ticket=A023", "--show", "counter=3",
                "--wait", "A023, counter three")
        assert p.returncode == 0, p.stderr
        seen = c.until("finished")
        for name in "queued", "started", "finished":
            event, = [e for e in seen if e["event"] == name]
            assert event["show"] == {"ticket": "A023", "counter": "3"}
        started, = [e for e in seen if e["event"] == "started"]
        assert started["sample"] == seen[-1]["first_sample"]
        assert not any("show" in e for e in seen if e["event"] == "word")


def test_shown_at_once(start, ctl):
    ttsd = start(*BOARD)
    with ttsd.control() as c:
        c.subscribe("show")
        p = ctl("show", "board", "ticket=A024", "counter=")
        assert p.returncode == 0 and p.stdout == "done\n", p.stderr
        event = c.event("show")
        assert event["video"] == "board" and event["channel"] == "main"
        assert event["show"] == {"ticket": "A024", "counter": ""}
        position = c.ask("status")["channels"][0]["sample"]
        assert position - 24000 < event["sample"] <= position
        p = ctl("show", "lobby", "ticket=A024")
        assert p.returncode == 1 and "no [video lobby]" in p.stderr


def test_what_is_shown_can_be_asked(start, ctl):
    """By a picture that begins anew, and by people."""
    ttsd = start(*BOARD, "-D", "video.lobby.source=colour")
    p = ctl("show", "board")
    assert p.returncode == 0 and "told nothing" in p.stdout, p
    with ttsd.control() as c:
        c.subscribe("finished")
        c.ask("show", video="lobby", show={"ticket": "L", "hint": "left"})
        for ticket in "A023", "A024", "A023":
            c.ask("say", text=ticket, show={"ticket": ticket})
            c.event("finished")
        c.ask("show", video="board", show={"ticket": "board's"})
        board, lobby = (c.ask("show", video=v) for v in ("board", "lobby"))
        calls = [{"ticket": "A023"}, {"ticket": "A024"}]
        assert board["fields"] == {"ticket": "board's"}
        assert lobby["fields"] == {"ticket": "A023", "hint": "left"}
        assert board["calls"] == lobby["calls"] == calls
    assert ctl("show", "lobby").stdout.splitlines() == [
        "ticket=A023", "hint=left", "call.1.ticket=A023",
        "call.2.ticket=A024"]


def test_a_picture_that_is_full_says_so(start):
    """What was told of a 65th field was answered "ok", and never seen."""
    ttsd = start(*BOARD)
    with ttsd.control() as c:
        for n in range(2):
            c.ask("show", video="board",
                  show={f"f{n}_{i}": "x" for i in range(32)})
        reply = c.json({"op": "show", "video": "board", "show": {"new": "x"}})
        assert reply["error"] == "too-long" and "64" in reply["message"]
        c.ask("show", video="board", show={"f0_0": "again"})
        assert "shows 64 fields" in ttsd.logged()


def test_any_text_comes_back_as_it_was(start, ctl):
    ttsd = start(*BOARD)
    with ttsd.control() as c:
        c.subscribe("show")
        for text in TEXTS:
            c.ask("show", video="board", show={"f": text})
            assert c.event("show")["show"] == {"f": text}
            assert ctl("show", "board", f"f={text}").returncode == 0
            assert c.event("show")["show"] == {"f": text}


def test_bad_fields_are_named(start):
    """And the connection lives on: so it is with a line of 64 KiB."""
    ttsd = start(*BOARD)
    with ttsd.control() as c:
        c.subscribe("show", "queued")
        for fields, word in [
                ({f"f{i}": "" for i in range(33)}, "33 fields"),
                ({"ticket": 23}, '"ticket"'), ({"ticket": None}, '"ticket"'),
                ({"x": {"y": "z"}}, '"x"'), ({"a\x1b[31m": ""}, "a name has"),
                ({"bell": "\x07"}, "U+0007"), ({"csi": "\x9b2J"}, "U+009B"),
                ({"long": "号" * 301}, "300 characters"),
                ({}, "0 fields"), ("ticket", "an object"), (7, "an object")]:
            for request in ({"op": "say", "text": "x"},
                            {"op": "show", "video": "board"}):
                reply = c.json({**request, "show": fields})
                assert reply["error"] == "bad-request", reply
                assert word in reply["message"], reply
        line = json.dumps({"op": "show", "video": "board",
                           "show": {"f": "x" * 65536}}).encode()
        c.send(line + b"\n")
        assert json.loads(c.line())["error"] == "too-long"
        c.send(b'{"op":"show","video":"board","show":{"f":"\xff"}}\n')
        assert json.loads(c.line())["error"] == "bad-request"
        c.send(b'{"op":"show","video":"board","show":{"f":"1","f":"2"}}\n')
        assert json.loads(c.line())["error"] == "bad-request"
        # Nothing of all that was told to anybody.
        c.ask("show", video="board", show={"f": "号" * 300})
        assert c.until("show")[0]["show"] == {"f": "号" * 300}


def test_a_board_that_is_full(start):
    """32 fields of 300 characters go through, with an announcement too."""
    ttsd = start(*BOARD)
    whole = {f"field-{i}": "号" * 300 for i in range(32)}
    with ttsd.control() as c:
        c.subscribe("started", "finished")
        c.ask("say", text="x", show=whole)
        assert c.event("started")["show"] == whole
        assert c.event("finished")["show"] == whole


def test_the_queue_for_people(start, ctl):
    start()
    ctl("pause")
    ctl("say", "first")
    assert "SHOWS" not in ctl("queue").stdout
    ctl("say", "--show", "ticket=A023", "--show", "counter=3", "second")
    rows = table(ctl("queue").stdout)
    assert [r["SHOWS"] for r in rows] == ["-", "ticket=A023 counter=3"]


def test_events_for_people(start, follow, ctl):
    """A field of a call must not reach a terminal raw."""
    ttsd = start(*BOARD)
    p = follow("events", "show")
    with ttsd.control() as c:
        # Nothing tells when it has subscribed, but what it says.
        wait_until(lambda: c.ask("show", video="board", show={
            "ticket": "A\t1", "counter": "3"}) and select.select(
                [p.stdout], [], [], 0.05)[0], "the event")
    line = p.stdout.readline()
    assert b" show " in line and b"ticket=A?1 counter=3" in line


def test_where_words_have_their_places(start):
    """Whoever showed captions had of several texts the first one alone, and
    could not tell SSML from a text with a "<" in it, or had to read it again
    to know what is spoken."""
    ssml = "<speak>one <sub alias='two &lt; 3'>2</sub> caf&eacute;</speak>"
    spoken = "one two < 3 café"
    with start().control() as c:
        c.subscribe("started", "word", "finished")
        c.ask("say", parts=[{"text": "a < b"}, {"ssml": ssml}])
        seen = c.until("finished")
        texts = seen[0]["texts"]
        assert texts == [{"text": "a < b"},
                         {"text": ssml, "ssml": True, "spoken": spoken}]
        words = [e for e in seen if e["event"] == "word"]
        assert words
        for e in words:
            at = texts[e["part"]]["text"][e["offset"]:]
            assert at.startswith(e["text"])
            assert ("spoken_offset" in e) == (e["part"] == 1)
        read = [spoken[e["spoken_offset"]:][:e["spoken_length"]]
                for e in words if e["part"] == 1]
        assert list(dict.fromkeys(read)) == ["one", "two < 3", "café"]
        c.ask("say", text="one < two")
        assert "texts" not in c.until("finished")[0]
