"""SSML, spoken by the real espeak-ng, and given to engines that know none."""

import os
import random
import re
import shutil
import subprocess

import pytest

from engines import (
    case, needs_espeak_program, program_says, running, samples)
from test_engine_espeak import phonemes, spans

RATE = 22050


@pytest.fixture
def espeak():
    with running("espeak") as engine:
        yield engine
        assert engine.close() == 0


def ssml(name):
    return case(name + ".ssml").decode().strip()


def say(engine, text, **fields):
    r = engine.say(text, ssml=True, **fields)
    assert r.end == "E", r.info
    return r


def marks(result):
    return [(m["sample"], m["name"]) for m in result.marks
            if m["mark"] == "mark"]


def word_at(result, text, word):
    """The sample at which the first such word begins."""
    return next(m["sample"] for m in result.words()
                if text[m["offset"]:m["offset"] + m["length"]] == word)


def silences(pcm, at_least=RATE // 4):
    """[(begin, length)] of digital silence, in samples."""
    found, begin = [], None
    for i, s in enumerate([*samples(pcm), 1]):
        if s == 0 and begin is None:
            begin = i
        elif s != 0 and begin is not None:
            if i - begin >= at_least:
                found.append((begin, i - begin))
            begin = None
    return found


# ---- marks ------------------------------------------------------------------

def test_marks_after_a_full_stop(espeak):
    """Story: behind a full stop the library loses a mark, and the first
    letter of the next word with it ("ounter"). Marks are ours now: each is
    told with the word behind it, and what is spoken is what would be spoken
    without them."""
    text = ssml("marks_after_period")
    r = say(espeak, text)
    assert marks(r) == [(word_at(r, text, "Counter"), "show"),
                        (word_at(r, text, "three"), "n")]
    assert spans(text, r) == ["Ticket", "A", "23", "23", "Counter", "three"]
    assert r.pcm == say(espeak, "Ticket A 23. Counter three.").pcm


def test_marks_in_single_quotes(espeak):
    """Story: a name in single quotes came with a quote: "d'"."""
    text = ssml("marks_single_quotes")
    r = say(espeak, text)
    assert marks(r) == [(word_at(r, text, "three"), "d")]


@pytest.mark.parametrize("text", [
    "Call 555-<mark name='0'/>1234, <mark name='1'/>gate 12.3.<mark "
    "name='2'/> now",
    "<mark name='0'/>one<mark name='1'/><mark name='2'/> two<mark name='3'/>",
    "<mark name='0'/><break time='1s'/><mark name='1'/>",
    "<p><mark name='0'/>a.</p><mark name='1'/><p><s>b?<mark name='2'/></s></p>",
    "<sub alias='World Wide Web'>W<mark name='0'/>WW</sub>! <mark name='1'/>",
    "<voice xml:lang='de'>eins.<mark name='0'/></voice><mark name='1'/> two",
    "<prosody rate='x-fast'>“north”<mark name='0'/>—12</prosody>."
    "<mark name='1'/>",
    "<mark name='0'/>" + "".join(
        f"word {n}.<mark name='{n}'/> " for n in range(1, 300))])
def test_as_many_marks_come_out_as_went_in(espeak, text):
    """In order, within the sound, and none twice."""
    r = say(espeak, f"<speak>{text}</speak>")
    names = [name for _, name in marks(r)]
    assert names == [str(n) for n in range(text.count("<mark"))]


def sound_of(result, text, word):
    """First sample and end of a word that another follows, and where in it
    phonemes begin."""
    starts = [(m["sample"], text[m["offset"]:m["offset"] + m["length"]])
              for m in result.words()]
    begin = min(at for at, w in starts if w == word)
    end = min(at for at, w in starts if at > begin and w != word)
    return begin, end, {m["sample"] for m in result.marks
                        if m["mark"] == "phoneme" and begin <= m["sample"] < end
                        and m["phoneme"] != "_"}


@pytest.mark.parametrize("word", [
    "coun|ter", "c|ounter", "well-|known", "internation|alisation", "55|51",
    "5|5|5|1", "co|u|nter"])
def test_marks_within_a_word(espeak, word):
    """Story: a mark inside of a word was told with the next word, so a page
    that turns at a syllable turned a word late. It is told with the phoneme
    that is nearest to its share of the word; the sound stays what it is."""
    parts = word.split("|")
    marked = "".join(p + f"<mark name='{i}'/>"
                     for i, p in enumerate(parts[:-1])) + parts[-1]
    text, plain = f"to {marked} two", f"to {''.join(parts)} two"
    r = say(espeak, text)
    assert r.pcm == say(espeak, plain).pcm
    begin, end, phonemes_at = sound_of(r, text, marked)
    letters = 0
    for (sample, name), part in zip(marks(r), parts):
        letters += len(part)
        wanted = begin + (end - begin) * letters / len("".join(parts))
        assert sample in phonemes_at, name
        assert abs(sample - wanted) <= min(
            abs(p - wanted) for p in phonemes_at) + 1, name
    assert [name for _, name in marks(r)] == [
        str(i) for i in range(len(parts) - 1)]


def test_a_mark_in_the_last_word(espeak):
    """The pause behind it is no part of the word."""
    r = say(espeak, "the coun<mark name='a'/>ter")
    (sample, _), = marks(r)
    heard = [(m["sample"], m["phoneme"]) for m in r.marks
             if m["mark"] == "phoneme"]
    assert (sample, "n") in heard or (sample, "t") in heard, heard


def test_a_mark_in_a_word_of_a_minute(espeak):
    """What is held back until the word is over has a bound."""
    text = "9" * 40 + "<mark name='a'/>" + "9" * 40 + " end"
    r = say(espeak, text, rate=80)
    assert [name for _, name in marks(r)] == ["a"]
    assert len(r.pcm) > 60 * RATE


def test_marks_in_chinese(espeak):
    """A mark before the number of a counter is told with the number."""
    text = "<speak>请到<mark name='a'/>3号<mark name='b'/>窗口</speak>"
    r = say(espeak, text, voice="cmn")
    assert marks(r) == [(word_at(r, text, "3"), "a"),
                        (word_at(r, text, "窗"), "b")]


def test_marks_around_a_pause(espeak):
    """Which side of a pause a mark stands at is heard to the sample."""
    r = say(espeak, "<speak>cat<mark name='a'/><break time='2s'/>"
                    "<mark name='b'/>dog</speak>")
    (begin, length), = silences(r.pcm, RATE)
    assert marks(r) == [(begin, "a"), (begin + length, "b")]


# ---- pauses -----------------------------------------------------------------

@pytest.mark.parametrize("name, ms", [
    ("break_decimal", 1500), ("break_leading", 1000),
    ("break_in_prosody", 1000)])
def test_pauses_to_the_sample(espeak, name, ms):
    """Story: the library made no pause of 1.5s, nor of one that came first,
    and stretched those inside of slow speech to twice their length."""
    pcm = say(espeak, ssml(name)).pcm
    assert silences(pcm, RATE)[0][1] == ms * RATE // 1000


@pytest.mark.parametrize("text", [
    "cat.<break time='700ms'/>dog", "cat,<break time='700ms'/> dog",
    "<p>cat.</p><break time='700ms'/><p>dog</p>",
    "<p><s>cat<break time='700ms'/></s><s>dog</s></p>",
    "cat<break time='300ms'/> <break time='400ms'/>dog",
    "<emphasis>cat<break strength='strong'/>dog</emphasis>",
    "<prosody rate='x-slow'><voice name='de'>cat</voice>"
    "<break time='.7s'/></prosody>dog"])
def test_pauses_are_all_of_the_silence(espeak, text):
    """Whatever pause the text itself would make there."""
    pcm = say(espeak, f"<speak>{text}</speak>", volume=80).pcm
    assert silences(pcm)[0][1] == 700 * RATE // 1000


@pytest.mark.parametrize("strength, ms", [
    ("none", 0), ("x-weak", 100), ("weak", 200), ("medium", 400), (None, 400),
    ("strong", 700), ("x-strong", 1000)])
def test_strengths_of_pauses(espeak, strength, ms):
    attribute = f" strength='{strength}'" if strength else ""
    long = say(espeak, f"eel<break{attribute}/>eel").pcm
    short = say(espeak, "eel<break time='0ms'/>eel").pcm
    assert len(long) - len(short) == 2 * (ms * RATE // 1000)


def test_a_pause_in_another_rate(espeak):
    r = say(espeak, ssml("break_decimal"), sample_rate=48000)
    t = say(espeak, "cat<break time='500ms'/>dog", sample_rate=48000)
    assert r.info["samples"] - t.info["samples"] == 48000


# ---- what is spoken ---------------------------------------------------------

@pytest.mark.parametrize("markup, text", [
    (case("cdata.ssml").decode().strip(), "a x < y b"),
    ("<speak>one <!-- two > three --> four</speak>", "one four"),
    ("<speak>the <sub alias=\"World Wide Web\">WWW</sub> now</speak>",
     "the World Wide Web now"),
    ("caf&eacute;&nbsp;&amp; b&#97;r &#x263A; &lt;", "café & bar ☺ <"),
    ("Ａ０２３ to gate ③", "A023 to gate 3"),
    ("<speak><desc>no</desc>yes <x:y>and</x:y> <audio src='/dev/zero'>here"
     "</audio></speak>", "yes and here")])
def test_what_is_spoken(espeak, markup, text):
    """Story: a comment with '>' was spoken, CDATA was not; entities but XML's
    five were spelled, and forms of characters were silent."""
    assert phonemes(say(espeak, markup).marks) == phonemes(
        espeak.say(text).marks)


@needs_espeak_program
@pytest.mark.parametrize("text", [
    "one two. Three?", "plain",
    "<prosody rate='fast' pitch='high'>quick</prosody> slow",
    "<p><s>One.</s> <s>Two.</s></p><p>Three.</p>",
    "a <emphasis level='strong'>b</emphasis> <say-as "
    "interpret-as='characters'>abc 12</say-as>",
    "<voice gender='female'>hi</voice>"])
def test_what_the_library_does_right_is_its_own(espeak, text):
    """Bit for bit."""
    for voice in ("en", "fr", "en-us+f2"):
        assert say(espeak, text, voice=voice).pcm == program_says(
            text, voice, "-m")


def test_words_are_told_where_they_stand(espeak):
    text = ("<speak>The <sub alias='World Wide Web'>WWW</sub> caf&eacute;"
            "&nbsp;<!-- > --><![CDATA[x]]> “north” Grüße</speak>")
    assert list(dict.fromkeys(spans(text, say(espeak, text)))) == [
        "The", "WWW", "caf&eacute;", "x", "north", "Grüße"]


@pytest.mark.parametrize("ph", ["t@m'A:toU", "t@m 'A:toU", "h@l'oU_:"])
def test_phonemes(espeak, ph):
    """Story: <phoneme> was taken for its text, so nobody could say how a
    street is called. All of the phonemes are that text to who highlights it."""
    text = (f"eat the <phoneme alphabet='x-espeak' ph=\"{ph}\">old tomato"
            "</phoneme>, now.<mark name='end'/>")
    r = say(espeak, text)
    assert r.pcm == espeak.say(f"eat the [[{ph}]], now.").pcm
    assert list(dict.fromkeys(spans(text, r))) == [
        "eat", "the", "old tomato", "now"]
    assert [name for _, name in marks(r)] == ["end"]


def test_phonemes_that_the_library_cannot_read():
    """Its text is spoken, and the log says why, once."""
    with running("espeak", stderr=subprocess.PIPE) as engine:
        for kind in ("alphabet='ipa' ph='təˈmɑːtəʊ'", "ph='t@m'",
                     "alphabet='x-espeak' ph=']] [[t'",
                     "alphabet='x-espeak' ph='&lt;audio/>'"):
            text = f"a <phoneme {kind}>tomato</phoneme> b "
            assert say(engine, text * 2).pcm == say(
                engine, "a tomato b " * 2).pcm, kind
        assert engine.close() == 0
        said = engine.process.stderr.read().decode()
    assert said.count('alphabet="x-espeak" only') == 4, said


def test_phonemes_without_a_text_or_within_others(espeak):
    for markup, text in (
            ("a <phoneme alphabet='x-espeak' ph='t@m'/> b", "a [[t@m]] b"),
            ("<phoneme alphabet='x-espeak' ph='t@m'>x <p>y</p></phoneme> b",
             "[[t@m]] b"),
            ("<phoneme alphabet='x-espeak' ph='t@m'>x<phoneme "
             "alphabet='x-espeak' ph='bi:'>y</phoneme>z</phoneme> b",
             "[[t@m]] b"),
            # The library says "dot", the tag's name, and nothing, if left
            # to itself.
            ("<s>a <phoneme alphabet='x-espeak' ph='t@m'>x</phoneme>. </s>b",
             "a [[t@m]] b"),
            ("<p><phoneme alphabet='x-espeak' ph='t@m'>x</phoneme></p>(b)",
             "[[t@m]] b"),
            ("a (<phoneme alphabet='x-espeak' ph='t@m'>x</phoneme>) “b”",
             "a [[t@m]] b")):
        assert phonemes(say(espeak, markup).marks) == phonemes(
            espeak.say(text).marks), markup


# ---- voices -----------------------------------------------------------------

@pytest.mark.parametrize("markup", [
    "<voice name='{}'>{}</voice>", "<voice xml:lang='{}'>{}</voice>",
    "<lang xml:lang='{}'>{}</lang>", "<speak xml:lang='{}'>{}</speak>",
    "<voice languages='{}'>{}</voice>", "<w xml:lang='{}'>{}</w>"])
@pytest.mark.parametrize("language, text", [
    ("zh", "请A023号到3号窗口"), ("de", "Nummer 23"), ("he", "מספר 23")])
def test_voices_within(espeak, markup, language, text):
    """Story: in markup the library chooses the voice by itself: zh was
    gibberish there, and nothing looked whether a voice can read its text.
    Each stretch is checked, and spoken, as a job of its own would be."""
    r = say(espeak, markup.format(language, text))
    assert r.pcm == espeak.say(text, language=language).pcm


def test_digits_and_scripts_of_voices_within(espeak):
    """A voice without numerals says digits in words, and what a voice cannot
    read is refused before any sound, wherever it stands."""
    assert phonemes(say(espeak, "<lang xml:lang='he'>23</lang>").marks) == \
        phonemes(espeak.say("23", voice="he").marks)
    for text in ("<speak>one <lang xml:lang='ja'>受付番号</lang></speak>",
                 "<speak><lang xml:lang='zh'>请</lang> 请</speak>"):
        r = espeak.say(text, ssml=True)
        assert r.info["code"] == "unreadable" and r.pcm == b"", r.info
    say(espeak, "<speak>请 <lang xml:lang='en'>one</lang> 请</speak>",
        voice="cmn")


def test_voices_come_back(espeak):
    """After an element the voice around it speaks on, with its variant; a
    language that it speaks already changes nothing, and a voice that nobody
    has is no reason to fall silent."""
    plain = espeak.say("one two three", voice="en-us+f3").pcm
    for text in ("<speak xml:lang='en-US'>one two three</speak>",
                 "one <lang xml:lang='en'>two</lang> three",
                 "<voice name='nobody'>one two three</voice>",
                 "<voice name='../x' xml:lang='xx'>one two three</voice>"):
        assert say(espeak, text, voice="en-us+f3").pcm == plain, text
    both = say(espeak, "<voice name='de'>eins</voice><break time='1s'/>two",
               voice="en+f3")
    assert phonemes(both.marks).endswith(phonemes(espeak.say("two").marks))


def test_no_pause_at_a_change_of_voice(espeak):
    """Within a sentence; behind its end there is the pause of its end. (The
    library did it the other way round.)"""
    assert not silences(say(
        espeak, "I said <lang xml:lang='de'>nein</lang> more than once"
    ).pcm)[:-1]
    assert len(silences(say(
        espeak, "I said. <lang xml:lang='de'>Nein.</lang> More than once"
    ).pcm)) == 3


def test_parameters_hold_for_all_voices(espeak):
    r = say(espeak, "<voice name='de'>eins zwei</voice>", rate=90, pitch=10)
    assert r.pcm == espeak.say("eins zwei", voice="de", rate=90, pitch=10).pcm


# ---- malformed, hostile -----------------------------------------------------

def test_malformed_is_refused_with_its_place(espeak):
    why = espeak.fails("bad-request", "<speak>\n one <b>two</speak>", ssml=True)
    assert "line 2, column 6" in why and "two" not in why
    assert espeak.say("one").end == "E"


def test_the_control_socket_refuses_it_at_once(start):
    """Story: malformed SSML was accepted, and failed, or spoke its markup,
    when its turn came."""
    with start().control() as c:
        for text, place in [
                ("<speak unclosed & bad", "line 1, column 17"),
                ("<speak>\n é<break time='soon'/></speak>", "line 2, column 3"),
                ("<!DOCTYPE a [<!ENTITY b 'c'>]><speak>&b;</speak>", "line 1"),
                ("AT&T", "line 1, column 5"),
                ("<p>" * 5000, "within each other")]:
            for request in ({"ssml": text}, {"parts": [
                    {"text": "a"}, {"ssml": text}]}):
                r = c.json({"op": "say", **request})
                assert r["error"] == "bad-request"
                assert "ssml" in r["message"] and place in r["message"]
        assert '"bad-request"' in ask_raw(
            c, b'{"op":"say","ssml":"<speak>a\\u0000b</speak>"}')
        assert c.ask("queue")["items"] == []
        c.subscribe("finished")
        c.ask("say", ssml="<speak>AT&amp;T</speak>")
        assert c.event("finished")["outcome"] == "spoken"


def ask_raw(control, line):
    control.send(line + b"\n")
    return control.line()


def test_cases_are_heard_through_ttsd(start):
    """Marks by their names and sentences to the end, as a client has them."""
    with start().control() as c:
        c.subscribe("mark", "finished")
        for name, expected in [("marks_after_period", ["show", "n"]),
                               ("marks_single_quotes", ["d"])]:
            c.ask("say", ssml=ssml(name))
            seen = c.until("finished")
            assert [e["name"] for e in seen[:-1]] == expected
            assert seen[-1]["outcome"] == "spoken"


PIECES = [
    "<speak>", "</speak>", "<p>", "</p>", "<s>", "</s>", "one. ", "请 ", "é",
    "<mark name='m{}'/>", "<mark name=\"m{}\"/>", "<break time='{}ms'/>",
    "<break/>", "<prosody rate='{}%'>", "<prosody pitch='+{}st'>",
    "</prosody>", "<voice name='de'>", "<voice xml:lang='zh-CN'>", "</voice>",
    "<lang xml:lang='he'>", "</lang>", "<sub alias='a b'>", "</sub>",
    "<![CDATA[ x < y ]]>", "<!-- > -->", "&amp;", "&nbsp;", "&#{};", "[[", "]]",
    "<say-as interpret-as='date'>", "</say-as>", "<emphasis>", "</emphasis>",
    "“{}”", "555-{}", " ", ",", "...", "\n", "<desc>", "</desc>", "<", ">", "&"]


def closed(pieces):
    """The same, with everything closed that was opened, so that most of it is
    well-formed."""
    out, open_ = [], []
    for piece in pieces:
        if piece in ("<", ">", "&", "<speak>", "</speak>"):
            continue
        if piece.startswith("</"):
            if piece[2:-1] in open_ and open_[-1] == piece[2:-1]:
                open_.pop()
                out.append(piece)
            continue
        if piece.startswith("<") and piece[1] not in "!" and \
                not piece.endswith("/>"):
            open_.append(piece[1:].split(">")[0].split(" ")[0])
        out.append(piece)
    return "".join(out + [f"</{name}>" for name in reversed(open_)])


@pytest.mark.parametrize("seed", range(4))
def test_mutated_documents(espeak, seed):
    """Any document is spoken with all its marks in order, or refused; the
    engine crashes on none. TTSD_DOCUMENTS says how many, beyond a few."""
    for text in documents(seed, int(os.environ.get("TTSD_DOCUMENTS", 100)) // 4):
        check_document(espeak, text)


def documents(seed, count):
    r = random.Random(seed)
    for n in range(count):
        pieces = [r.choice(PIECES).format(r.randrange(300))
                  for _ in range(r.randrange(1, 25))]
        yield closed(pieces) if n % 5 else "".join(pieces)


def check_document(engine, text):
    r = engine.say(text, ssml=True)
    if r.end == "X":
        assert r.info["code"] in ("bad-request", "unreadable"), (text, r.info)
        return
    if "<desc>" not in text:
        asked = re.findall("<mark name=.(m[0-9]+)", text)
        assert [name for _, name in marks(r)] == asked, text
    offsets = [m["offset"] for m in r.words()]
    assert offsets == sorted(offsets), text
    assert all(m["offset"] + m["length"] <= len(text) and m["length"] > 0
               for m in r.words()), text


# ---- engines that know no markup ---------------------------------------------

@pytest.mark.skipif(shutil.which("sh") is None, reason="runs a shell script")
@pytest.mark.parametrize("markup, text", [
    (case("cdata.ssml").decode().strip(), "a x < y b"),
    ("<speak>The <sub alias='Web'>WWW</sub><!-- > -->&nbsp;caf&eacute;</speak>",
     "The Web\u00a0café"),
    ("<speak>one<break time='1s'/>two.<break/>three<mark name='m'/></speak>",
     "one, two. three"),
    ("<p>Ａ０２３</p><p>b</p>", "A023  b"), ("plain &amp; simple",
                                            "plain & simple")])
def test_a_command_is_given_the_text_alone(tmp_path, markup, text):
    """Story: programs read the markup out, tag by tag."""
    got = tmp_path / "got"
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\ncat >{got}\nhead -c 2000 /dev/zero\n")
    program.chmod(0o755)
    with running("command", "--format", "raw", "--", program) as engine:
        say(engine, markup)
        assert got.read_text().strip() == text
        engine.fails("bad-request", "<speak>a & b</speak>", ssml=True)
        engine.say("<speak>as it is</speak>")
        assert got.read_text() == "<speak>as it is</speak>\n"
