"""Announcements that are known by their sound: numbers as tones of the tone
engine, and the numbers again in what was heard, sample by sample."""
import typing

import numpy as np

RATE, TONE_MS, DIGITS = 24000, 20, 24
TONE = RATE * TONE_MS // 1000
SAMPLES = 3 * TONE
COUNT = DIGITS ** 3
# A tone is known by so many samples.
PREFIX = 40
# No half, which two libraries round in two ways.
AMP = 0.4


def frequency(place, digit):
    """The first digit is of another octave: it begins an announcement."""
    return (500 if place == 0 else 2000) + 50 * digit


def digits(number):
    assert number < COUNT
    return number // DIGITS ** 2, number // DIGITS % DIGITS, number % DIGITS


def text(number):
    return f"ms={TONE_MS} amp={AMP} " + " ".join(
        f"freq={frequency(place, digit)} x"
        for place, digit in enumerate(digits(number)))


def tone(hz):
    return np.rint(32767 * AMP * np.sin(
        2 * np.pi * hz / RATE * np.arange(TONE))).astype("<i2")


def tones_by_prefix():
    known = {}
    for first in (True, False):
        for digit in range(DIGITS):
            wave = tone(frequency(0 if first else 1, digit))
            known[wave[:PREFIX].tobytes()] = (first, digit, wave)
    return known


KNOWN = tones_by_prefix()


class Heard(typing.NamedTuple):
    at: int      # its first sample
    digits: list
    whole: bool  # all of it, without a gap

    def number(self):
        """None where there is not enough of it."""
        if len(self.digits) != 3:
            return None
        return (self.digits[0] * DIGITS + self.digits[1]) * DIGITS + \
            self.digits[2]


def same(pcm, at, wave):
    """How many samples from there on are that wave."""
    got = pcm[at:at + len(wave)]
    equal = got == wave[:len(got)]
    return len(got) if equal.all() else int(np.argmin(equal))


def find_tones(pcm):
    """(at, first, digit, samples, end) of each, and where it ends, whether or
    not an engine that was lost made a gap in it. What is no beginning of a tone
    is passed over, such as the rest of one that was cut."""
    sounds = np.flatnonzero(pcm)
    i = 0
    while i < len(sounds):
        at = max(0, sounds[i] - 1)  # each begins at phase 0
        known = KNOWN.get(pcm[at:at + PREFIX].tobytes())
        if known is None:
            i += 1
            continue
        first, digit, wave = known
        n = same(pcm, at, wave)
        end = at + n
        i = int(np.searchsorted(sounds, end))
        while n < TONE and i < len(sounds):
            # It goes on behind the gap, maybe at a sample that is 0.
            silent = int(np.flatnonzero(wave[n:])[0])
            more = same(pcm, sounds[i] - silent, wave[n:])
            if more <= silent:
                break
            n += more
            end = int(sounds[i]) - silent + more
            i = int(np.searchsorted(sounds, end))
        yield int(at), first, digit, n, int(end)
        i = int(np.searchsorted(sounds, end + (n == TONE)))


def listen(pcm):
    """The announcements in samples, also those that were cut or have gaps."""
    heard, before = [], None
    for at, first, digit, n, end in find_tones(pcm):
        whole = end == at + TONE
        if first:
            heard.append(Heard(at, [digit], whole))
        elif heard:
            last = heard.pop()
            heard.append(Heard(last.at, [*last.digits, digit],
                               last.whole and whole and at == before))
        before = end
    return heard
