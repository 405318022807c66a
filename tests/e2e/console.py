"""The console and the board in a browser."""
import contextlib

import browser
from daemon import wait_until

# Notes, hundreds of times a second, whether the page is loud, which is heard
# after `way` milliseconds, and which word is marked; and when a call stands on
# the board.
WATCH = """
globalThis.seen = [];
globalThis.calls = [];
const connect = AudioNode.prototype.connect;
let meter = null, wave = null, out = null;
AudioNode.prototype.connect = function (to, ...more) {
  if (to instanceof AudioDestinationNode) {
    meter = new AnalyserNode(this.context, {fftSize: 128});
    wave = new Float32Array(meter.fftSize);
    out = this.context;
    connect.call(this, meter);
  }
  return connect.call(this, to, ...more);
};
setInterval(() => {
  if (meter) meter.getFloatTimeDomainData(wave);
  const loud = meter !== null && Math.max(...wave.map(Math.abs)) > 0.01;
  const words = [...document.querySelectorAll('#caption .word')];
  const word = words.findIndex((w) => w.classList.contains('now'));
  const live = document.querySelector('.air')?.classList.contains('live');
  const last = seen[seen.length - 1];
  if (!last || last.loud !== loud || last.word !== word || last.live !== live)
    seen.push({at: performance.now(), loud, word, live,
               way: out ? 1000 * out.outputLatency : 0});
}, 3);
addEventListener('DOMContentLoaded', () => {
  const ticket = document.getElementById('ticket');
  if (!ticket) return;
  new MutationObserver(() => {
    const text = ticket.textContent;
    requestAnimationFrame(() => calls.push({ticket: text, at: Date.now()}));
  }).observe(ticket, {childList: true, characterData: true, subtree: true});
});
"""


@contextlib.contextmanager
def page(g, path, rundir, profile="profile", before=WATCH, beside=None):
    with browser.Page(f"http://127.0.0.1:{g.port}{path}", rundir / profile,
                      before=before, beside=beside) as p:
        wait_until(lambda: p.value("document.documentElement.dataset.ready"),
                   "the page is ready")
        yield p
        assert p.exceptions == []


def text(p, selector):
    return p.value(f"document.querySelector({selector!r}).innerText")


def texts(p, selector):
    return p.value(f"[...document.querySelectorAll({selector!r})]"
                   ".filter((n) => n.checkVisibility())"
                   ".map((n) => n.innerText)")


def click(p, selector):
    p.value(f"document.querySelector({selector!r}).click()", touched=True)


def fill(p, selector, value):
    p.value(f"""{{
        const field = document.querySelector({selector!r});
        field.value = {value!r};
        for (const kind of ['input', 'change'])
            field.dispatchEvent(new Event(kind, {{bubbles: true}}));
    }}""")


def view(p, name):
    p.value(f"location.hash = {name!r}")
    wait_until(lambda: p.value(
        f"document.getElementById('view-{name}').checkVisibility()"), name)


def lose_answer(p, op):
    """The next answer to that operation is lost on its way to the page."""
    p.value(f"""{{
        const honest = fetch;
        globalThis.fetch = async (path, ...more) => {{
            const answer = await honest(path, ...more);
            if (path !== '/v1/{op}') return answer;
            globalThis.fetch = honest;
            throw new TypeError('the answer was lost');
        }};
    }}""")


def complaints(p):
    """What axe-core, which the page has been given, finds in it now."""
    return p.value("axe.run(document, {resultTypes: ['violations']})"
                   ".then((r) => r.violations.map((v) => [v.id, "
                   "v.nodes.map((n) => n.html.slice(0, 200) + ' ' + "
                   "n.failureSummary)]))", promised=True)


def onsets(seen, what, quiet_ms=100):
    """When something began, after a while without it."""
    found, ended = [], -quiet_ms
    for before, now in zip(seen, seen[1:]):
        at = now["at"] + (now["way"] if what == "loud" else 0)
        if now.get(what) and not before.get(what) and at - ended > quiet_ms:
            found.append(at)
        if before.get(what) and not now.get(what):
            ended = at
    return found
