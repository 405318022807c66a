"""A board: the program `picture` with its painter, as the supervisor starts
them, and layouts whose pictures are easily told apart."""
import contextlib
import re

from daemon import BUILD, children, command_line
from picture import PICTURE, Picture

PAINTER = str(BUILD / "libexec" / "ttsd" / "painter")
WIDTH, HEIGHT = 64, 32
SIZE = f'xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}"'
SLATE, BLACK, WHITE = 125, 16, 235
VISEMES = "sil PP FF TH DD kk CH SS nn RR aa E ih oh ou".split()
# What ttsd is told of the board.
BOARD = ("-D", "video.board.source=board", "-D",
         "video.board.layout=/srv/board.svg")


def fill(colour):
    return f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colour}"/>'


def svg(*inside):
    return f"<svg {SIZE}>{''.join(inside)}</svg>"


def tickets(**colours):
    """Black, and for each ticket all of it is of its colour."""
    return svg(fill("#000"), *(f'<g id="if-ticket-{name}">{fill(colour)}</g>'
                               for name, colour in colours.items()))


def face():
    """White, whatever the shape, while the mouth is not closed."""
    return svg(fill("#000"), *(f'<g id="mouth-{v}">{fill("#fff")}</g>'
                               for v in VISEMES if v != "sil"))


# What librsvg draws for longer than anybody waits. It ends by itself at 500,000
# elements: each of them is slow.
BLURS = svg(fill("#fff"), '<filter id="f" x="-9" y="-9" width="19" height="19">',
            '<feGaussianBlur stdDeviation="90"/>' * 400, "</filter>",
            '<g filter="url(#f)">' * 60, '<rect width="99" height="99"/>',
            "</g>" * 60)
BOMB = svg(fill("#fff"), '<defs><g id="a0">'
           f'<path d="M0 0{"c9 1 1 9 9 9" * 50}z"/></g>', *(
    f'<g id="a{i}">' + f'<use href="#a{i - 1}"/>' * 10 + "</g>"
    for i in range(1, 9)), '</defs><use href="#a8"/>')


class Board(Picture):
    """Its layout lies on `disk`, when there is one."""

    def __init__(self, rundir, layout, *args, painter=(), disk=None, **kw):
        kw = {"width": WIDTH, "height": HEIGHT, **kw}
        self.layout = (disk.folder if disk else rundir) / "board.svg"
        self.put(layout)
        super().__init__(
            rundir, "--background", "#7f7f7f", "--video", "board", *args,
            "--painter", PAINTER, "--size",
            f"{kw['width']}x{kw['height']}", "--fps", "25", "--layout",
            (disk.there if disk else rundir) / "board.svg", *painter, ";",
            **kw)

    def put(self, layout):
        new = self.layout.with_suffix(".new")
        new.write_text(layout)
        new.rename(self.layout)

    def painter(self):
        """Its pid, when it is there. What was forked and has not become one
        yet has the command line of `picture`, which names the painter."""
        for pid in children(self.pid):
            with contextlib.suppress(OSError):
                line = command_line(pid)
                if line.startswith(PAINTER) and "--changed-since" not in line:
                    return pid
        return None

    def wait_ms(self):
        """How long it was waited last before a painter is started again."""
        said = re.findall(r"started again in (\d+) ms", self.logged())
        return int(said[-1]) if said else 0


def now(pieces):
    """How bright the newest picture is."""
    return next((p.luma() for p in reversed(pieces) if p.track == PICTURE),
                None)


def see(s, luma):
    s.until(lambda pieces: now(pieces) == luma, f"a picture of {luma}")


def changes(pieces):
    """Each change of the first pixel: the tick, and what it is then."""
    found, before = [], None
    for p in pieces:
        if p.track == PICTURE and p.luma() != before:
            before = p.luma()
            found.append((p.time, before))
    return found

