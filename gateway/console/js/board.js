/* The public board of a channel or zone, /board/CHANNEL: the number that is called, the
 * last ones, and what is being said. It only reads, and whatever is started
 * again, it goes on by itself. */
import { ask, getToKnow, keepTokenIn, may, Refused, useToken } from "./api.js";
import { Caption } from "./caption.js";
import { $, draw, el, put } from "./dom.js";
import { listenTo } from "./events.js";
import { reasonOf } from "./toast.js";
import { preferred, speakIn, t, tag } from "./words.js";

/* A sign of per cent that somebody typed is one; a memory that a power cut tore is
 * none: the screen is never left dark. */
function readOr(otherwise, read) {
	try {
		return read();
	} catch {
		return otherwise;
	}
}
const decoded = (text) => readOr(text, () => decodeURIComponent(text));

const NAME = decoded(location.pathname.split("/")[2] ?? "");
const EVENTS = ["started", "word", "finished", "preempted"];
const SHOWN = 6;
const LINGERS_MS = 3000;
const RETRY_MS = 2000;
/* What the board remembers, over a restart of its browser. */
const MEMORY = `board:${NAME}`;

const caption = new Caption($("caption"));
let calls = readOr([], () => JSON.parse(localStorage.getItem(MEMORY) ?? "[]"));
const LONG = 8; /* letters of a ticket and its counter */
let rates = new Map(); /* of the channel, or of those of a zone */
let anchor = null;
let caughtUp = 0; /* events up to that number are of before */

/* ---- calls -------------------------------------------------------------- */

/* Signs of the East are as wide as two letters. */
const width = (text) => Array.from(text).reduce((n, c) => n + (c >= "\u2e80" ? 2 : 1), 0);

function show(fresh) {
	const [now, ...before] = calls;
	$("welcome").hidden = Boolean(now);
	$("ticket").hidden = $("counter-line").hidden = !now;
	if (now) {
		put($("ticket"), now.ticket);
		$("ticket").style.setProperty("--letters", width(now.ticket));
		put($("counter"), now.counter ?? "");
		$("counter-line").hidden = !now.counter;
	}
	if (fresh) {
		$("call").classList.remove("fresh");
		void $("call").offsetWidth; /* so that it begins anew */
		$("call").classList.add("fresh");
	}
	draw($("calls"), before.slice(0, SHOWN), (c) => c.id,
		() => el("li", {}, el("span"), el("span", {}, el("small"), el("b"))),
		(li, c) => {
			put(li.firstChild, c.ticket);
			put(li.lastChild.firstChild, c.counter ? t("to_counter_n") : "");
			put(li.lastChild.lastChild, c.counter ?? "");
			li.classList.toggle("long", width(c.ticket + (c.counter ?? "")) > LONG);
		});
}

/* One number stands there once, where it was called last. */
function called({ id, seq, show: { ticket, counter } = {} }, fresh) {
	if (!ticket) return;
	calls = [{ id, seq, ticket, counter }, ...calls.filter((c) => c.id !== id && c.ticket !== ticket)];
	calls.length = Math.min(calls.length, SHOWN + 1);
	localStorage.setItem(MEMORY, JSON.stringify(calls));
	show(fresh);
}

/* What a ttsd with desks keeps, for a board that knows nothing. */
async function recall() {
	if (calls.length > 0 || !may("calls")) return;
	const reply = await ask("calls", { channel: NAME, limit: 50 });
	for (const { id, ticket, counter, outcome } of reply.calls.reverse())
		if (outcome === "spoken") called({ id, show: { ticket, counter } }, false);
}

/* ---- what is said ------------------------------------------------------- */

function frame() {
	if (caption.id === null) return;
	caption.light(anchor.sample + ((performance.now() - anchor.at) / 1000) * anchor.rate);
	requestAnimationFrame(frame);
}

function onEvent(name, event) {
	if (event.seq <= caughtUp) {
		if (name === "started") called(event, false);
	} else if (name === "started") {
		called(event, true);
		anchor = { at: performance.now(), sample: event.sample, rate: rates.get(event.channel) };
		caption.begin(event);
		requestAnimationFrame(frame);
	} else if (name === "word" && event.id === caption.id) {
		caption.add(event);
	} else if (event.id === caption.id) {
		caption.end();
		setTimeout(() => caption.id === null && caption.clear(), LINGERS_MS);
	}
}

/* ---- the line ----------------------------------------------------------- */

const handler = {
	event: onEvent,
	up(reply) {
		caughtUp = reply.seq ?? 0;
		put($("line"), "");
	},
	down() {
		put($("line"), t("away"));
		caption.clear();
	},
};

const readsOnly = (me, token) => !token || me.may.every((right) => right === "read");

async function connect() {
	try {
		const me = await getToKnow();
		if (!readsOnly(me, localStorage.getItem("token"))) {
			useToken(null);
			return askToken("board_token_too_strong");
		}
		const { channels } = await ask("status", { channel: NAME });
		rates = new Map(channels.map((c) => [c.name, c.rate]));
		await recall();
		/* Also what ttsd remembers of before, such as of this morning. */
		await listenTo("/v1/events", { events: EVENTS, channel: NAME, channels: [...rates.keys()], lead_ms: 500 }, handler, calls[0]?.seq ?? 1).settled;
	} catch (error) {
		if (error instanceof Refused && [401, 403].includes(error.status)) {
			useToken(null);
			return askToken("board_needs_token");
		}
		put($("line"), reasonOf(error));
		setTimeout(connect, RETRY_MS);
	}
}

function askToken(why) {
	put($("token-why"), t(why));
	$("token-dialog").showModal();
}
$("token-dialog").addEventListener("close", () => {
	useToken($("token").value.trim());
	connect();
});

/* ---- the screen --------------------------------------------------------- */

async function stayAwake() {
	if (document.visibilityState === "visible")
		await navigator.wakeLock?.request("screen").catch(() => {});
}
document.addEventListener("visibilitychange", stayAwake);

const tick = () => put($("clock"), new Date().toLocaleTimeString(tag(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
setInterval(tick, 1000);

/* A token is hard to type with a remote control: it may come behind the '#',
 * which no browser sends to anybody. */
function takeToken() {
	const found = /^#token=(.+)$/.exec(location.hash);
	if (!found) return;
	useToken(decoded(found[1]));
	window.history.replaceState(null, "", location.pathname + location.search);
}

keepTokenIn(localStorage);
takeToken();
await speakIn(preferred());
put($("title"), new URLSearchParams(location.search).get("title") ?? NAME);
document.title = `${t("board")} · ${NAME}`;
tick();
show(false);
stayAwake();
await connect();
document.documentElement.dataset.ready = Math.round(performance.now());
