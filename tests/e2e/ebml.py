"""Holds a live Matroska stream to its standards, as mkvalidator does: RFC 8794
(EBML) and RFC 9559 (Matroska). Nothing here is shared with the writer."""
import struct

EBML, SEGMENT, INFO, TRACKS, CLUSTER = (
    0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675)
ENTRY, VIDEO, AUDIO, COLOUR = 0xAE, 0xE0, 0xE1, 0x55B0
TIMESTAMP, SIMPLE_BLOCK = 0xE7, 0xA3
MASTER, UINT, FLOAT, TEXT, BINARY = "master", "uint", "float", "text", "binary"
NEEDED = True
# ID: its name, where it belongs, its type, whether there must be one, and the
# DocTypeVersion since which there is one.
ELEMENTS = {
    EBML: ("EBML", None, MASTER, NEEDED, 1),
    0x4286: ("EBMLVersion", EBML, UINT, NEEDED, 1),
    0x42F7: ("EBMLReadVersion", EBML, UINT, NEEDED, 1),
    0x42F2: ("EBMLMaxIDLength", EBML, UINT, NEEDED, 1),
    0x42F3: ("EBMLMaxSizeLength", EBML, UINT, NEEDED, 1),
    0x4282: ("DocType", EBML, TEXT, NEEDED, 1),
    0x4287: ("DocTypeVersion", EBML, UINT, NEEDED, 1),
    0x4285: ("DocTypeReadVersion", EBML, UINT, NEEDED, 1),
    SEGMENT: ("Segment", None, MASTER, NEEDED, 1),
    INFO: ("Info", SEGMENT, MASTER, NEEDED, 1),
    0x2AD7B1: ("TimestampScale", INFO, UINT, NEEDED, 1),
    0x4D80: ("MuxingApp", INFO, TEXT, NEEDED, 1),
    0x5741: ("WritingApp", INFO, TEXT, NEEDED, 1),
    TRACKS: ("Tracks", SEGMENT, MASTER, NEEDED, 1),
    ENTRY: ("TrackEntry", TRACKS, MASTER, NEEDED, 1),
    0xD7: ("TrackNumber", ENTRY, UINT, NEEDED, 1),
    0x73C5: ("TrackUID", ENTRY, UINT, NEEDED, 1),
    0x83: ("TrackType", ENTRY, UINT, NEEDED, 1),
    0x9C: ("FlagLacing", ENTRY, UINT, NEEDED, 1),
    0x86: ("CodecID", ENTRY, TEXT, NEEDED, 1),
    0x23E383: ("DefaultDuration", ENTRY, UINT, not NEEDED, 1),
    VIDEO: ("Video", ENTRY, MASTER, not NEEDED, 1),
    0xB0: ("PixelWidth", VIDEO, UINT, NEEDED, 1),
    0xBA: ("PixelHeight", VIDEO, UINT, NEEDED, 1),
    0x9A: ("FlagInterlaced", VIDEO, UINT, NEEDED, 2),
    0x2EB524: ("UncompressedFourCC", VIDEO, BINARY, not NEEDED, 1),
    COLOUR: ("Colour", VIDEO, MASTER, not NEEDED, 4),
    0x55B1: ("MatrixCoefficients", COLOUR, UINT, NEEDED, 4),
    0x55B9: ("Range", COLOUR, UINT, NEEDED, 4),
    0x55BA: ("TransferCharacteristics", COLOUR, UINT, NEEDED, 4),
    0x55BB: ("Primaries", COLOUR, UINT, NEEDED, 4),
    AUDIO: ("Audio", ENTRY, MASTER, not NEEDED, 1),
    0xB5: ("SamplingFrequency", AUDIO, FLOAT, NEEDED, 1),
    0x9F: ("Channels", AUDIO, UINT, NEEDED, 1),
    0x6264: ("BitDepth", AUDIO, UINT, not NEEDED, 1),
    CLUSTER: ("Cluster", SEGMENT, MASTER, NEEDED, 1),
    TIMESTAMP: ("Timestamp", CLUSTER, UINT, NEEDED, 1),
    SIMPLE_BLOCK: ("SimpleBlock", CLUSTER, BINARY, not NEEDED, 2),
}
REPEATED = (ENTRY, CLUSTER, SIMPLE_BLOCK)
# Numbers for which 0 is no value, or these are all there are.
RANGES = {"TrackNumber": range(1, 127), "TrackUID": range(1, 1 << 63),
          "TrackType": (1, 2), "TimestampScale": range(1, 10 ** 9),
          "PixelWidth": range(1, 1 << 16), "PixelHeight": range(1, 1 << 16),
          "DefaultDuration": range(1, 10 ** 10), "FlagLacing": (0, 1),
          "FlagInterlaced": (0, 1, 2), "Channels": range(1, 256)}


def number(data, at, keeps_marker):
    """One of variable length: its value, its bytes, and where it ends."""
    assert data[at], f"at {at}: longer than eight bytes"
    size = 9 - data[at].bit_length()
    value = int.from_bytes(data[at:at + size], "big")
    if not keeps_marker:
        value &= (1 << 7 * size) - 1
    return value, size, at + size


def is_unknown(size, width):
    return size == (1 << 7 * width) - 1


class Element:
    """One of the children of the element `parent`, in data[at:end]."""

    def __init__(self, data, at, end, parent):
        self.id, width, at = number(data, at, True)
        assert self.id in ELEMENTS, f"at {at}: {self.id:x} is no element"
        self.name, belongs, self.kind, _, self.since = ELEMENTS[self.id]
        assert belongs == parent, f"{self.name} does not belong there"
        assert width <= 4 and self.id >> 7 * width == 1
        size, width, at = number(data, at, False)
        if is_unknown(size, width):
            assert self.id == SEGMENT, f"{self.name} has no size"
            size = end - at
        self.begin, self.end = at, at + size
        assert self.end <= end, f"{self.name} is longer than what it is in"
        self.value = self._value(data[at:self.end])

    def _value(self, data):
        if self.kind == UINT:
            assert 1 <= len(data) <= 8, f"{self.name} has {len(data)} bytes"
            value = int.from_bytes(data, "big")
            assert value in RANGES.get(self.name, (value,)), self.name
            return value
        if self.kind == FLOAT:
            assert len(data) in (4, 8), f"{self.name} has {len(data)} bytes"
            return struct.unpack({4: ">f", 8: ">d"}[len(data)], data)[0]
        if self.kind == TEXT:
            assert data.isascii() and data.decode().isprintable(), self.name
            return data.decode()
        return data if self.kind == BINARY else None


def children(data, begin, end, parent):
    """In their order; all that must be there is, and nothing twice."""
    found, at = [], begin
    while at < end:
        found.append(Element(data, at, end, parent))
        at = found[-1].end
    names = [e.name for e in found]
    for id_, (name, belongs, _, needed, _) in ELEMENTS.items():
        if belongs == parent:
            assert names.count(name) >= needed, f"there is no {name}"
            assert names.count(name) <= 1 or id_ in REPEATED, f"two {name}"
    return found


class Block:
    def __init__(self, timestamp, data):
        self.track, _, at = number(data, 0, False)
        shift, flags = struct.unpack_from(">hB", data, at)
        self.time = timestamp + shift
        assert flags & 0x70 == 0, "reserved bits are set"
        assert flags & 0x06 == 0, "no track has lacing"
        self.is_key = bool(flags & 0x80)
        self.data = data[at + 3:]


class Stream:
    """All of a stream that ends with a whole cluster. `values` of its header;
    its `tracks` by number, each with its values; its `blocks`."""

    def __init__(self, data):
        self.data, self.versions = data, set()
        top = children(data, 0, len(data), None)
        assert [e.id for e in top] == [EBML, SEGMENT]
        self.values = self._values(top[0])
        parts = children(data, top[1].begin, top[1].end, SEGMENT)
        assert [e.id for e in parts[:2]] == [INFO, TRACKS]
        assert {e.id for e in parts[2:]} == {CLUSTER}
        self.values |= self._values(parts[0])
        self.tracks = self._tracks(parts[1])
        self.blocks = [b for e in parts[2:] for b in self._blocks(e)]
        self._check_header()

    def _children(self, e):
        found = children(self.data, e.begin, e.end, e.id)
        self.versions |= {c.since for c in found}
        return found

    def _values(self, e):
        """By name, of all that is in it."""
        found = {}
        for c in self._children(e):
            found |= self._values(c) if c.kind == MASTER else {c.name: c.value}
        return found

    def _tracks(self, e):
        tracks = [self._values(c) for c in self._children(e)]
        for key in ("TrackNumber", "TrackUID"):
            assert len({t[key] for t in tracks}) == len(tracks), key
        for t in tracks:
            needs = {1: "PixelWidth", 2: "SamplingFrequency"}[t["TrackType"]]
            assert needs in t, f"a track without {needs}"
        return {t["TrackNumber"]: t for t in tracks}

    def _blocks(self, e):
        timestamp, *blocks = self._children(e)
        assert timestamp.id == TIMESTAMP, "it is not the first of its cluster"
        found = [Block(timestamp.value, b.value) for b in blocks]
        assert all(b.track in self.tracks for b in found)
        return found

    def _check_header(self):
        v = self.values
        assert v["EBMLVersion"] == v["EBMLReadVersion"] == 1
        assert v["EBMLMaxIDLength"] == 4 and v["EBMLMaxSizeLength"] == 8
        assert v["DocType"] == "matroska"
        assert v["DocTypeVersion"] >= max(self.versions)
        # A SimpleBlock must be understood to be played.
        assert 2 <= v["DocTypeReadVersion"] <= v["DocTypeVersion"]
