"""The direction of dependency: which folder may include from which. An arrow
that runs back makes two folders one, and nobody sees it in a review."""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]

PLATFORM = {"platform"}
DAEMON = {"daemon"}
ENGINES = "ttsd/engines"
KIT = f"{ENGINES}/kit"
NET = f"{ENGINES}/net"
SOUND = f"{ENGINES}/sound"
CAPTIONS = "streamer-supervisor/captions"
LEDGER = "ttsd/ledger"
ERRAND = "streamer-supervisor/errand"
ASKER = "streamer-supervisor/asker"
HERALD = "streamer-supervisor/herald"
PICTURE = "streamer-supervisor/picture"
PAINTER = "streamer-supervisor/painter"
EAR = "streamer-supervisor/ear"
CHANNEL = "streamer-supervisor/channel"
# What is one engine's own, in a folder of its name.
OWN = {p.relative_to(ROOT).as_posix() for p in (ROOT / ENGINES).iterdir()
       if p.is_dir() and p.name not in {"kit", "net", "sound", "posix",
                                        "win32"}}


def stack(base, *floors):
    """Each floor stands on all below it."""
    below = set(base)
    table = {}
    for floor in floors:
        table[floor] = set(below)
        below.add(floor)
    return table


# common/ is three floors; rooms of one floor know nothing of each other.
BASE = {"common"}
PLAIN = {f"common/{room}" for room in (
    "args", "text", "net", "sound", "picture")}
COMMON = BASE | PLAIN | {f"common/{room}" for room in (
    "conf", "control", "child")}

TTSD = stack(COMMON | PLATFORM | DAEMON, "ttsd/text", "ttsd/queue",
             "ttsd/pool", "ttsd/air", "ttsd/durable", "ttsd/upgrade",
             "ttsd/desk", "ttsd/speech", "ttsd/control", "ttsd")
SUPERVISOR = stack(
    COMMON | PLATFORM | DAEMON, *(f"streamer-supervisor/{f}" for f in (
        "ffmpeg", "keeper", "captions", "asker", "captioning",
        "herald", "heralding", "hearing", "receipts",
        "sender", "pictures",
        "outputs",
        "control")),
    "streamer-supervisor")

GATEWAY = stack(COMMON | PLATFORM | DAEMON, "gateway/daemons",
                "gateway/schedule", "gateway/sound", "gateway/http",
                "gateway/access", "gateway/api", "gateway")
COURIER = "gateway/courier"
MQTT = "gateway/mqtt"
WYOMING = "gateway/wyoming"

# A folder may include from itself and from these.
ALLOWED = {
    "common": set(),
    **{room: BASE for room in PLAIN},
    **{room: BASE | PLAIN for room in COMMON - BASE - PLAIN},
    "platform": COMMON,
    # Each system's own files; their headers are nobody else's.
    "platform/posix": COMMON | PLATFORM | {"platform/posix/systemd"},
    "platform/posix/systemd": COMMON | PLATFORM,
    "platform/posix/linux": COMMON | PLATFORM | {"platform/posix"},
    "platform/posix/portable": COMMON | PLATFORM | {"platform/posix"},
    "platform/win32": COMMON | PLATFORM,
    "platform/win32/entry": COMMON | PLATFORM | {"platform/win32"},
    "daemon": COMMON | PLATFORM,
    **TTSD,
    **SUPERVISOR,
    # Pure.
    "ttsd/desk": COMMON,
    # What the ledger is asked and answers is in its own words.
    "ttsd/durable": TTSD["ttsd/durable"] | {LEDGER},
    # What a picture says is read in its own words.
    "streamer-supervisor/pictures":
        SUPERVISOR["streamer-supervisor/pictures"] | {PICTURE},
    # So is what an ear says.
    "streamer-supervisor/hearing":
        SUPERVISOR["streamer-supervisor/hearing"] | {EAR},
    **GATEWAY,
    # Beside what is of HTTP, on the daemons alone. What its courier says is
    # read in its own words.
    MQTT: COMMON | PLATFORM | DAEMON | {"gateway/daemons", COURIER},
    WYOMING: COMMON | PLATFORM | DAEMON | {"gateway/daemons", "gateway/sound"},
    "gateway": GATEWAY["gateway"] | {MQTT, WYOMING},
    COURIER: COMMON | PLATFORM,
    "ttsctl": COMMON | PLATFORM,
    # Commands with a folder of their own stand on it (ttsctl/rooms.h).
    "ttsctl/complete": COMMON | PLATFORM | {"ttsctl"},
    "ttsctl/top": COMMON | PLATFORM | {"ttsctl"},
    "ttsctl/doctor": COMMON | PLATFORM | {"ttsctl"},
    "ttsctl/doctor/checks": COMMON | PLATFORM | {"ttsctl", "ttsctl/doctor"},
    # Programs of one job each: no loop of the daemons.
    KIT: COMMON,
    f"{KIT}/posix": COMMON | {KIT, "platform/posix"},
    f"{KIT}/win32": COMMON | {KIT, "platform/win32"},
    SOUND: COMMON | {KIT},
    NET: COMMON | {KIT, SOUND},
    ENGINES: COMMON | {KIT, NET, SOUND} | OWN,
    **{own: COMMON | {KIT} for own in OWN},
    **{f"{own}/posix": COMMON | {KIT, own} for own in OWN},
    **{f"{own}/win32": COMMON | {KIT, own, "platform/win32"} for own in OWN},
    # Engines of one system alone.
    f"{ENGINES}/win32": COMMON | {
        KIT, f"{KIT}/win32", "platform/win32", f"{ENGINES}/win32/sapi"},
    f"{ENGINES}/win32/sapi": COMMON | {KIT},
    # Scenes are the painter's, and what it says of them holds.
    f"{PICTURE}/director": COMMON | {f"{PAINTER}/layout"},
    LEDGER: COMMON | PLATFORM,
    ERRAND: COMMON | PLATFORM,
    ASKER: COMMON | PLATFORM | {ERRAND},
    HERALD: COMMON | PLATFORM | {ERRAND},
    CAPTIONS: COMMON | PLATFORM | DAEMON | {"streamer-supervisor/keeper"},
    PICTURE: COMMON | PLATFORM | DAEMON | {
        CHANNEL, f"{PICTURE}/director", f"{PAINTER}/layout"},
    CHANNEL: COMMON | PLATFORM | DAEMON,
    EAR: COMMON | PLATFORM | DAEMON | {CHANNEL, f"{EAR}/compare"},
    f"{EAR}/compare": COMMON,
    PAINTER: COMMON | {f"{PAINTER}/layout", f"{PAINTER}/posix"},
    f"{PAINTER}/layout": COMMON,
    f"{PAINTER}/posix": COMMON | {"platform/posix"},
}

# Where a system may be named.
SYSTEMS = re.compile(r"platform/|tests/|ttsd/engines/(.*/)?(posix|win32)/|"
                     r"streamer-supervisor/painter/posix/")


def sources():
    for top in {folder.split("/")[0] for folder in ALLOWED}:
        for path in sorted((ROOT / top).rglob("*.[ch]")):
            yield path.relative_to(ROOT).as_posix(), path.read_text(
                encoding="utf-8")


def includes():
    """File, line, folder, and the folder that is included from."""
    for name, text in sources():
        for number, line in enumerate(text.splitlines(), 1):
            found = re.match(r'#\s*include "([^"]+)"', line)
            if found and "/" in found[1]:
                yield name, number, str(pathlib.PurePosixPath(name).parent), \
                    str(pathlib.PurePosixPath(found[1]).parent)


def test_no_arrow_runs_back():
    back = [f"{name}:{number}: {here} -> {there}"
            for name, number, here, there in includes()
            if there != here and there not in ALLOWED.get(here, ())]
    assert not back, "\n".join(back)


def test_the_table_is_a_stack():
    """What the table itself allows has no circle."""
    done = set()

    def visit(folder, above):
        assert folder not in above, f"a circle: {above} -> {folder}"
        if folder not in done:
            for below in ALLOWED.get(folder, ()):
                visit(below, (*above, folder))
            done.add(folder)

    for folder in ALLOWED:
        visit(folder, ())


def test_systems_are_named_in_their_folders_only():
    found = [f"{name}: {word}" for name, text in sources()
             if not SYSTEMS.match(name)
             for word in re.findall(
                 r"_WIN32|__linux__|__APPLE__|#include <(?:windows|unistd|"
                 r"fcntl|poll|sys/\w+)\.h>|#include <ev\.h>", text)]
    assert not found, "\n".join(found)


def test_a_guard_is_the_path_of_its_header():
    """Two headers of one name had one guard, and the second was empty."""
    wrong = [name for name, text in sources() if name.endswith(".h")
             and "#ifndef " + re.sub(r"\W", "_", name).upper() not in text]
    assert not wrong


def test_what_is_included_is_there():
    """Nobody builds the fuzzers but `make fuzz`: a header that moved left them
    behind."""
    lost = [f"{path.relative_to(ROOT)}: {name}"
            for path in sorted((ROOT / "tests").rglob("*.[ch]"))
            for name in re.findall(r'^#\s*include "([^"]+)"',
                                   path.read_text(encoding="utf-8"), re.M)
            if not (ROOT / name).exists()
            and not (path.parent / name).exists()]
    assert not lost, "\n".join(lost)
