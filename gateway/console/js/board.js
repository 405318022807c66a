/* The public board of a channel, /board/CHANNEL: the number that is called, the
 * last ones, and what is being said. It only reads, and whatever is started
 * again, it goes on by itself. */
import { ask, getToKnow, keepTokenIn, may, Refused, useToken } from "./api.js";
import { Caption } from "./caption.js";
import { $, draw, el, put } from "./dom.js";
import { listenTo } from "./events.js";
import { preferred, speakIn, t, tag } from "./words.js";

const NAME = decodeURIComponent(location.pathname.split("/")[2] ?? "");
const EVENTS = "started,word,finished,preempted";
const SHOWN = 6;
const LINGERS_MS = 3000;
const RETRY_MS = 2000;
/* What a board without `calls` remembers of itself. */
const MEMORY = `board:${NAME}`;

const caption = new Caption($("caption"));
let calls = JSON.parse(localStorage.getItem(MEMORY) ?? "[]");
let rate = 24000;
let anchor = null;

/* ---- calls -------------------------------------------------------------- */

const same = (a, b) => String(a.id) === String(b.id);

function show(fresh) {
	const [now, ...before] = calls;
	$("welcome").hidden = Boolean(now);
	$("ticket").hidden = $("counter-line").hidden = !now;
	if (now) {
		put($("ticket"), now.ticket);
		$("ticket").style.setProperty("--letters", now.ticket.length);
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
		});
}

/* One number stands there once, where it was called last. */
function add(call) {
	calls = [call, ...calls.filter((c) => !same(c, call) && c.ticket !== call.ticket)].slice(0, SHOWN + 1);
	localStorage.setItem(MEMORY, JSON.stringify(calls));
	show(true);
}

/* ttsd's own list, where it keeps one: of what was on air already. */
async function load() {
	if (!may("calls")) return;
	const reply = await ask("calls", { channel: NAME, limit: 50 });
	const found = [];
	for (const c of reply.calls)
		if ((c.outcome === "spoken" || c.outcome === "on-air") && !found.some((f) => f.ticket === c.ticket)) found.push(c);
	calls = found.slice(0, SHOWN + 1).map(({ id, ticket, counter }) => ({ id, ticket, counter }));
	localStorage.setItem(MEMORY, JSON.stringify(calls));
	show(false);
}

/* ---- what is said ------------------------------------------------------- */

function frame() {
	if (caption.id === null) return;
	caption.light(anchor.sample + ((performance.now() - anchor.at) / 1000) * rate);
	requestAnimationFrame(frame);
}

function onEvent(name, event) {
	if (name === "started") {
		if (event.show?.ticket)
			add({ id: event.id, ticket: event.show.ticket, counter: event.show.counter });
		anchor = { at: performance.now(), sample: event.sample };
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
	up() {
		put($("line"), "");
		begin().catch(failed);
	},
	down() {
		put($("line"), t("away"));
		caption.clear();
	},
};

function failed(error) {
	put($("line"), error.message);
}

async function begin() {
	const { channels } = await ask("status", { channel: NAME });
	rate = channels[0].rate;
	await load();
}

const readsOnly = (me, token) => !token || me.may.every((right) => right === "read");

async function connect() {
	try {
		const me = await getToKnow();
		if (!readsOnly(me, localStorage.getItem("token"))) {
			useToken(null);
			return askToken("board_token_too_strong");
		}
		await begin();
		listenTo("/v1/events", { events: EVENTS, channel: NAME, lead_ms: 500 }, handler);
	} catch (error) {
		if (error instanceof Refused && error.status === 401) {
			useToken(null);
			return askToken("board_needs_token");
		}
		failed(error);
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
	useToken(decodeURIComponent(found[1]));
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
