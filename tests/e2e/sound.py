"""What a test needs to know about sound."""
import subprocess

import numpy as np


def espeak(text, voice="en"):
    """What espeak-ng itself makes of a text: s16le at 22,050 Hz. Of its two
    voices for Mandarin, the one that speaks it (docs/ENGINE.md)."""
    voice = "cmn-latn-pinyin" if voice == "cmn" else voice
    wav = subprocess.run(
        ["espeak-ng", "-v", voice, "--stdout", text],
        check=True, stdout=subprocess.PIPE).stdout
    return wav[44:]


def samples(pcm):
    return np.frombuffer(pcm[:len(pcm) // 2 * 2], dtype="<i2")


def match(needle, haystack):
    """Best normalised correlation (0 to 1) of needle within haystack, and
    the sample where it lies."""
    needle = np.asarray(needle, dtype=float)
    haystack = np.asarray(haystack, dtype=float)
    if len(haystack) < len(needle):
        return 0.0, 0
    size = 1 << (len(haystack) + len(needle) - 1).bit_length()
    product = np.fft.irfft(
        np.fft.rfft(haystack, size) * np.conj(np.fft.rfft(needle, size)),
        size)[:len(haystack) - len(needle) + 1]
    energy = np.concatenate([[0], np.cumsum(haystack ** 2)])
    window = energy[len(needle):] - energy[:-len(needle)]
    score = np.abs(product) / np.sqrt(
        np.maximum(window, 1.0) * np.sum(needle ** 2))
    at = int(np.argmax(score))
    return float(score[at]), at
