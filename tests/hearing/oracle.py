"""What a listener got of an announcement, by another way than the ear's: all of
it is looked for in all that came, and then each tenth of a second at the places
where it was found."""
import struct

import numpy as np

HZ = 8000
PIECE = HZ // 10
# What is so much quieter than the loudest piece is not looked for: 25 dB.
FAINT = 0.003
# Of a sound's own piece, after a codec, at its place; others have less than
# half of that there.
PIECE_FOUND = 0.6
# All of it, where some may lack.
PLACE_FOUND = 0.25
PLACES = 3
LOST = 5
# A codec's frames, and a clock that is found to a sample only.
SLACK = 4


def at_8_khz(samples, rate):
    """By a Fourier transform of all of it."""
    spectrum = np.fft.rfft(np.asarray(samples, dtype=float))
    n = len(samples) * HZ // rate
    return np.fft.irfft(spectrum[:n // 2 + 1], n) * n / len(samples)


def streams(path):
    """Of each stream that came: its samples, and of its pieces their ends and
    times in s."""
    data, at, found = path.read_bytes(), 0, []
    while at + 12 <= len(data):
        ns, length = struct.unpack_from("<QI", data, at)
        at += 12
        if length == 0:
            found.append((bytearray(), []))
        else:
            pcm, times = found[-1]
            pcm += data[at:at + length]
            times.append((len(pcm) // 2, ns / 1e9))
        at += length
    return [(np.frombuffer(bytes(pcm[:len(pcm) // 2 * 2]), dtype="<i2"),
             tuple(map(np.array, zip(*times)))) for pcm, times in found
            if times]


def scores(needle, hay):
    """The normalised correlation at each place."""
    size = 1 << (len(hay) + len(needle) - 1).bit_length()
    product = np.fft.irfft(
        np.fft.rfft(hay, size) * np.conj(np.fft.rfft(needle, size)),
        size)[:len(hay) - len(needle) + 1]
    energy = np.concatenate([[0], np.cumsum(hay ** 2)])
    window = energy[len(needle):] - energy[:-len(needle)]
    return product / np.sqrt(np.maximum(window, 1) * np.sum(needle ** 2))


def places(needle, hay):
    """The best few."""
    found = scores(needle, hay)
    for _ in range(PLACES):
        at = int(np.argmax(found))
        if found[at] < PLACE_FOUND:
            return
        yield at
        found[max(at - PIECE // 4, 0):at + PIECE // 4] = 0


def match(x, y):
    return float(x @ y / np.sqrt(max((x @ x) * (y @ y), 1e-9)))


def piece_found(x, hay, at):
    return any(match(x, hay[at + s:at + s + len(x)]) >= PIECE_FOUND
               for s in range(-SLACK, SLACK + 1)
               if 0 <= at + s and at + s + len(x) <= len(hay))


class Hearsay:
    """Of an announcement: how many pieces of sound it has, how many of them
    came, and when the last of those did."""

    def __init__(self, sent, heard, since, until):
        """Of what came, as streams() has it, between the two times."""
        loud = [(i, sent[i:i + PIECE])
                for i in range(0, len(sent) - PIECE + 1, PIECE)]
        top = max((float(x @ x) for _, x in loud), default=0)
        loud = [(i, x) for i, x in loud if x @ x >= FAINT * top]
        self.pieces = len(loud)
        came = {}
        for samples, times in heard:
            ends, when = times
            first = int(np.searchsorted(when, since))
            last = int(np.searchsorted(when, until))
            begin = 0 if first == 0 else int(ends[first - 1])
            hay = samples[begin:int(ends[last - 1]) if last else 0]
            if len(hay) < len(sent) // 2:
                continue
            pad = len(sent)
            hay = np.concatenate([np.zeros(pad), hay, np.zeros(pad)])
            for place in places(sent, hay):
                for i, x in loud:
                    if piece_found(x, hay, place + i):
                        end = place + i + PIECE - pad + begin
                        at = min(int(np.searchsorted(ends, end)),
                                 len(when) - 1)
                        came.setdefault(i, when[at])
        self.came = len(came)
        self.at = max(came.values(), default=None)

    def verdict(self):
        """Where nothing lacks, or half a second does, there is no doubt; what
        lies between is a matter of taste."""
        lacking = self.pieces - self.came
        if lacking == 0:
            return "came"
        return "lost" if lacking >= LOST else "partly"
