"""The espeak engine: bit for bit the espeak-ng program, with marks."""

import os
import random
import signal
import struct
import subprocess

import pytest

from engines import (
    ROOT, alive, case, children, dies_with_its_parent, linux_only,
    needs_espeak_program, program_phonemes, program_says, running, samples,
    until)
from sentences import SENTENCES

POISON = case("poison.txt").decode()


@pytest.fixture
def espeak():
    with running("espeak") as engine:
        yield engine
        assert engine.close() == 0


TEXTS = [
    "Hello world", " ", "...!?", "Größe über 3,5 Meter; ja",
    "你好世界。今天12号", "Привет, мир! 100 рублей", "مرحبا بالعالم",
    "[[h@l'oU]] phonemes", "it's e.g. (a test) – well-known", "x" * 300,
    "<b>not ssml</b> & so", "😀 emoji", "a\nb\tc\r\n", "",
]
VOICES = ["en", "de", "cmn", "ru", "ar", "en+f3", "EN-gb", "en-zz", "pt-br",
          "English (America)", "gmw/en-US", "en+Annie", "de+klatt", "fr"]
PINYIN = "cmn-latn-pinyin"


def phonemes(marks):
    """In a row, pauses left out."""
    return "".join(m["phoneme"] for m in marks
                   if m["mark"] == "phoneme" and m["phoneme"] != "_")


def test_espeak_hello(espeak):
    h = espeak.hello
    assert h["protocol"] == 1 and h["engine"] == "espeak" and h["version"]
    assert h["any_voice"] is False and "f3" in h["variants"]
    german = [v for v in h["voices"] if "de" in v["languages"]]
    assert german and german[0].keys() == {
        "name", "id", "languages", "gender"}


@needs_espeak_program
def test_espeak_is_the_program_bit_for_bit_whatever_came_before(espeak):
    """The library's noise, phase and flutter live on from job to job."""
    jobs = [(t, v) for t in TEXTS for v in VOICES]
    random.Random(1).shuffle(jobs)
    said = 0
    for text, voice in jobs[:150]:
        theirs = PINYIN if voice == "cmn" else voice
        heard = espeak.say(text, voice=voice)
        if heard.end == "E":
            said += 1
            assert heard.pcm == program_says(text, theirs), (text, voice)
        else:
            assert heard.info["code"] == "unreadable", (text, voice)
    assert said > 100


MANDARIN = ["请A023号到3号窗口", "您好，请到二楼等候。", "2024年1月5日，票价3.50元"]


@needs_espeak_program
@pytest.mark.parametrize("text", MANDARIN)
def test_espeak_mandarin_is_mandarin(espeak, text):
    """espeak-ng 1.51 has two voices for zh, and `cmn` reads its own pinyin
    as the names of English letters: 请 came as "king three". The first
    customers, who call tickets in Chinese, heard nothing else."""
    right, sound = program_phonemes(text, PINYIN), program_says(text, PINYIN)
    assert right != program_phonemes(text, "cmn"), "nothing to tell apart"
    for asked in [{"voice": "cmn"}, {"voice": "zh"}, {"language": "cmn"},
                  {"language": "zh"}, {"language": "zh-CN"},
                  {"language": "zh_TW"}, {"language": "zh-Hans"},
                  {"language": "CMN"}, {"voice": "zh-cmn"},
                  {"voice": "+f3", "language": "zh"}, {"voice": "cmn+f3"}]:
        said = espeak.say(text, **asked)
        assert phonemes(said.marks) == right, asked
        assert said.pcm == sound or "+f3" in str(asked), asked


@needs_espeak_program
def test_espeak_other_chinese_is_not_mandarin(espeak):
    for asked in "zh-yue", "yue":
        assert espeak.say(MANDARIN[0], voice=asked).pcm == program_says(
            MANDARIN[0], "yue"), asked
    # Its Hakka is written in Latin letters.
    espeak.fails("unreadable", MANDARIN[0], voice="hak")


def test_espeak_reads_every_language_it_offers(espeak):
    """A voice that does not know a script says the names of its letters in
    English; two whole voices did nothing else, and nobody had listened."""
    known = {
        # What 1.51 does, and the reason why nobody gets it who asks for cmn.
        "sit/cmn",
    }
    voices = [v["id"] for v in espeak.hello["voices"]]
    assert len(voices) > 100
    for voice in voices:
        sentence = SENTENCES[voice.split("/")[-1]]
        r = espeak.say(sentence, voice=voice)
        if voice in known:
            assert r.end == "E" or r.info["code"] == "unreadable"
            continue
        assert r.end == "E" and len(r.pcm) > 20000, (voice, r.info)
        assert "(" not in program_spells(sentence, voice), voice


def program_spells(text, voice):
    """The program's own phonemes: what another voice says begins with its
    name in parentheses."""
    return subprocess.run(
        ["espeak-ng", "-q", "-x", "-v", voice, "--", text], check=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout.decode()


@pytest.mark.parametrize("voice, text, script", [
    ("ja", "3番窓口へどうぞ", "Chinese"), ("ja", "受付番号", "Chinese"),
    ("en", "Mr 王, please", "Chinese"), ("ko", "東京 3", "Chinese"),
    ("cmn", "3番窓口へどうぞ", "Japanese"), ("en", "Привет", "Cyrillic"),
    ("de", "Σαλόνι שלום", "Hebrew"), ("hak", "请", "Chinese"),
    ("en", "สวัสดี 3", "Thai"), ("chr", "ᏣᎳᎩ", "Cherokee"),
    ("en", "ភាសា", "Khmer"), ("sit/cmn", "请", "Chinese")])
def test_espeak_refuses_what_it_cannot_read(espeak, voice, text, script):
    """Japanese with kanji came as "Chinese letter, Chinese letter" and was
    reported as spoken. Whoever asks is told who cannot read what."""
    why = espeak.fails("unreadable", text, voice=voice)
    assert script in why and voice in why and "[language" in why
    assert text not in why
    assert espeak.say("one").end == "E"


def test_espeak_reads_letters_and_neighbours(espeak):
    """A letter alone has a name, and some scripts are read by the library's
    voice for them."""
    for voice, text in [("en", "Gate Б, 5 Ω, vitamin β"), ("de", "안녕 नमस्ते"),
                        ("en", "€ ½ ™ 😀 → ♥"), ("ja", "カウンター3へ"),
                        ("fr", "Ελλάδα")]:
        r = espeak.say(text, voice=voice)
        assert r.end == "E" and r.pcm, (voice, text, r.info)


@needs_espeak_program
def test_espeak_numbers_do_not_stay(espeak):
    text = "One 2 three."
    plain = program_says(text, "en+f3")
    for field, option, value in [
            ("rate", "-s", 120), ("rate", "-s", 500), ("pitch", "-p", 0),
            ("pitch", "-p", 90), ("volume", "-a", 0), ("volume", "-a", 200)]:
        assert espeak.say(text, voice="en+f3", **{field: value}).pcm == \
            program_says(text, "en+f3", option, str(value))
        assert espeak.say(text, voice="en+f3").pcm == plain


def test_espeak_ssml_opens_no_files(espeak, tmp_path):
    """<audio src> reads any file that the process can, as sound."""
    sound = tmp_path / "secret.wav"
    sound.write_bytes(struct.pack(
        "<4sI4s4sIHHIIHH4sI", b"RIFF", 4036, b"WAVE", b"fmt ", 16, 1, 1, 22050,
        44100, 2, 16, b"data", 4000) + b"\x34\x12" * 2000)
    text = f'<speak>a <audio src="{sound}">b</audio></speak>'
    assert b"\x34\x12" * 100 not in espeak.say(text, ssml=True).pcm


@needs_espeak_program
def test_espeak_leaves_nothing_behind(tmp_path):
    """Where no session has PulseAudio, the library's question for it left a
    folder for temporary files, and one in the home that led there."""
    env = {k: v for k, v in os.environ.items()
           if k not in ("DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR",
                        "XDG_CONFIG_HOME", "PULSE_SERVER")}
    env.update(HOME=str(tmp_path), TMPDIR=str(tmp_path))
    with running("espeak", env=env) as engine:
        engine.say("Nothing is left.")
        assert engine.close() == 0
    assert list(tmp_path.iterdir()) == []


def test_espeak_long_text(espeak):
    text = "".join(f"Customer {n}, please go to counter {n % 7}. "
                   for n in range(1400))[:60000]
    r = espeak.say(text)
    assert r.pcm == program_says(text, "en")
    assert len(r.words()) > 8000


def test_espeak_word_spans_count_characters(espeak):
    """Positions in multi-byte text, from 0, to the end of a long text."""
    words = "Съешь же ещё этих мягких французских булок".split()
    text = " ".join(words * 200)
    said = [text[m["offset"]:m["offset"] + m["length"]]
            for m in espeak.say(text, voice="ru").words()]
    assert said == words * 200


def test_espeak_word_spans_are_whole_words(espeak):
    """The library says "don" for "don't", and 31 characters at most."""
    text = "I don't know it's well-known: Donaudampfschifffahrtsgesellschaft!"
    said = [text[m["offset"]:m["offset"] + m["length"]]
            for m in espeak.say(text).words()]
    assert said == ["I", "don't", "know", "it's", "well-known",
                    "Donaudampfschifffahrtsgesellschaft"]


def test_espeak_word_spans_stay_inside(espeak):
    for text in TEXTS:
        for m in espeak.say(text).words():
            span = text[m["offset"]:m["offset"] + m["length"]]
            assert m["length"] >= 1 and len(span) == m["length"]
            assert span == span.strip()


def test_espeak_tells_words_in_quotes_and_after_dashes(espeak):
    """The library says of a word within typographic quotes, or before a dash
    without blanks, that it is no character long: it was spoken and not
    told."""
    cases = ROOT / "tests/e2e/cases"
    text = (cases / "quotes.txt").read_text(encoding="utf-8").strip()
    said = spans(text, espeak.say(text))
    assert said == ("Please use the north exit gate 12 now Zimmer Berlin bitte "
                    "El número 23 23 pase").split()
    for text, voice, words in [
            ("“Hello” ‘there’ «friend»", "en", ["Hello", "there", "friend"]),
            ("אמר „שלום“ דוד", "he", ["אמר", "שלום", "דוד"]),
            ("“北京”欢迎", "cmn", ["北", "京", "欢", "迎"])]:
        assert spans(text, espeak.say(text, voice=voice)) == words


@pytest.mark.parametrize("voice, text, words", [
    ("cmn", "请到3号", "请 到 3 号"), ("yue", "請到3號", "請 到 3 號"),
    ("cmn", "1月5日，票价3.50元", "1 月 5 日 票 价 3.50 元"),
    ("cmn", "第2到3,5号", "第 2 到 3,5 号"), ("ja", "カウンター3へ", "カウンター 3 へ"),
    ("en", "3.50 or 12:30", "3.50 or 12:30")])
def test_espeak_tells_digits_apart_from_chinese(espeak, voice, text, words):
    """Story: a character and one digit behind it are one span to the library:
    captions showed 到3, and again 到3, where 到 and 3 were spoken; of 3.50
    there was a word .50."""
    said = spans(text, espeak.say(text, voice=voice))
    assert [w for i, w in enumerate(said) if i == 0 or w != said[i - 1]] == \
        words.split()


def spans(text, result):
    return [text[m["offset"]:m["offset"] + m["length"]]
            for m in result.words()]


@pytest.mark.parametrize("voice", ["en", "de", "fr", "ru", "he", "cmn"])
def test_espeak_words_never_run_backwards(espeak, voice):
    """In phone numbers the library counted back: 3,550, then 3,5."""
    for text in ["call 555-1234 or +1 (555) 123-4567 now", "3,550 3.5 3,5,5",
                 "1 000 000, 12:30:05 12.3.2024", "A023 B-12 007 0.0.0.0"]:
        words = espeak.say(text, voice=voice).words()
        offsets = [m["offset"] for m in words]
        assert words and offsets == sorted(offsets), text
        assert all(m["offset"] + m["length"] <= len(text) and m["length"] > 0
                   for m in words)
    text = "call 555-1234 now"
    assert dict.fromkeys(spans(text, espeak.say(text))).keys() >= {
        "call", "555", "1234", "now"}


def test_espeak_every_voice_says_every_digit(espeak):
    """Hebrew, Chuvash, Turkmen and five more have no numerals: "ticket 23"
    was "ticket". Sinhala says 201 for 6 and for 7."""
    for voice in espeak.hello["voices"]:
        heard = {}
        for digit in "0123456789":
            r = espeak.say(digit, voice=voice["id"])
            name = phonemes(r.marks)
            assert name and any(samples(r.pcm)), (voice["id"], digit)
            assert name not in heard, (voice["id"], digit, heard[name])
            heard[name] = digit
            assert spans(digit, r)[0] == digit


@pytest.mark.parametrize("voice, text, same", [
    ("he", "מספר 23 לדלפק 5", "מספר שתיים שלוש לדלפק חמש"),
    ("tk", "nomer A023", "nomer A nol iki üç"),
    ("ne", "23", "२३"), ("si", "7, 26", "හත, 26"), ("si", "06", "බින්දුව හය"),
    ("quc", "10", "jun sero"), ("chr", "5", "hisgi")])
def test_espeak_digits_in_words(espeak, voice, text, same):
    r = espeak.say(text, voice=voice)
    assert phonemes(r.marks) == phonemes(espeak.say(same, voice=voice).marks)


def test_espeak_digits_in_words_are_told_where_they_stand(espeak):
    text = "מספר 023 לדלפק 5"
    assert spans(text, espeak.say(text, voice="he")) == [
        "מספר", "0", "2", "3", "לדלפק", "5"]


def test_espeak_phonemes(espeak):
    marks = espeak.say("hello").marks
    ipa = [m["phoneme"] for m in marks if m["mark"] == "phoneme"]
    assert ipa[0] == "h" and "l" in ipa and all(ipa)


@pytest.mark.parametrize("voice", [
    "nobody", "en+nobody", "../en", "/etc/passwd", "gmw", "!v/f3", "all",
    "variant", "x" * 200, "+" * 50])
def test_espeak_unknown_voice(espeak, voice):
    before = espeak.say("one").pcm
    espeak.fails("unknown-voice", voice=voice)
    assert espeak.say("one").pcm == before


def test_espeak_voice_and_language(espeak):
    german = espeak.say("Guten Tag", voice="de").pcm
    assert espeak.say("Guten Tag", language="de").pcm == german
    assert espeak.say("Guten Tag", voice="DE", language="fr").pcm == german
    assert espeak.say("Guten Tag", voice="+f3", language="de").pcm == \
        espeak.say("Guten Tag", voice="de+F3").pcm
    assert espeak.say("Guten Tag").pcm == espeak.say(
        "Guten Tag", voice="en").pcm
    espeak.fails("unknown-voice", language="xx")


@linux_only
def test_espeak_crash_is_seen():
    """A job runs in a copy of the process; that somebody killed it must not
    be hidden."""
    with running("espeak") as engine:
        engine.job("word " * 5000)
        until(lambda: engine.unread() >= 32768)
        os.kill(children(engine.process.pid)[0], signal.SIGKILL)
        assert engine.ended() == -signal.SIGKILL


@linux_only
def test_espeak_crash_is_the_jobs():
    """Story: one text that crashes espeak-ng took the warm process with it.
    Its copy alone dies; the job fails, and the next is spoken."""
    with running("espeak") as engine:
        fine = engine.say("fine").pcm
        for _ in range(3):
            assert "signal" in engine.fails("crashed", POISON)
            assert engine.say("fine").pcm == fine
        assert engine.close() == 0


@dies_with_its_parent
def test_espeak_leaves_no_copy_behind():
    with running("espeak") as engine:
        engine.say("one")
        until(lambda: children(engine.process.pid))
        copy = children(engine.process.pid)[0]
        engine.process.kill()
        engine.ended()
        until(lambda: not alive(copy))
