/* The console: who sits here, which channel it is about, and which view. */
import * as air from "./air.js";
import { aboutMine, ask, getToKnow, hasToken, keepTokenIn, may, Refused, useToken } from "./api.js";
import * as desk from "./desk.js";
import { $, options, put, soon } from "./dom.js";
import { listenTo } from "./events.js";
import * as history from "./history.js";
import { onKey } from "./keys.js";
import * as outputs from "./outputs.js";
import * as queue from "./queue.js";
import * as schedule from "./schedule.js";
import * as speak from "./speak.js";
import { complain } from "./toast.js";
import { onWords, preferred, speakIn, t, tag } from "./words.js";

const VIEWS = ["desk", "speak", "queue", "outputs", "history"];
const EVENTS = ["queued", "started", "word", "finished", "preempted", "receipt", "durable"];
const LEAD_MS = 500;
const ABOUT_CHANNEL = [air, desk, history, outputs, queue, schedule, speak];

/* ---- views -------------------------------------------------------------- */

function showView() {
	const wanted = location.hash.slice(1);
	const view = VIEWS.includes(wanted) ? wanted : "desk";
	for (const one of VIEWS) $(`view-${one}`).hidden = one !== view;
	for (const link of document.querySelectorAll(".views a")) {
		if (link.hash === `#${view}`) link.setAttribute("aria-current", "page");
		else link.removeAttribute("aria-current");
	}
	outputs.setShown(view === "outputs");
	history.setShown(view === "history");
	if (view === "queue") {
		queue.refresh();
		schedule.refresh();
	}
	document.title = `${t(view)} · ttsd`;
}

VIEWS.forEach((view, i) => onKey(String(i + 1), view, () => { location.hash = view; }));
addEventListener("hashchange", () => {
	showView();
	$("main").focus({ preventScroll: true });
	scrollTo(0, 0);
});

/* ---- the channel -------------------------------------------------------- */

let channels = [];
const chosen = () => channels.find((c) => c.name === $("channel").value);

function setChannel() {
	for (const part of ABOUT_CHANNEL) part.setChannel(chosen());
}

async function loadStatus() {
	const reply = await ask("status", aboutMine());
	channels = reply.channels;
	options($("channel"), channels.map((c) => [c.name, c.name]),
		$("channel").value || localStorage.getItem("channel"));
	setChannel();
	return reply;
}
const refreshStatus = soon(() => loadStatus().catch(() => {}));

$("channel").addEventListener("change", () => {
	localStorage.setItem("channel", $("channel").value);
	setChannel();
});
addEventListener("ttsd:status", refreshStatus);

/* ---- what happens ------------------------------------------------------- */

function trouble(text) {
	$("trouble").hidden = !text;
	put($("trouble"), text);
}

const handler = {
	event(name, data) {
		air.onEvent(name, data);
		if (name === "word") return;
		if (name === "prepared") return speak.load();
		if (name === "schedule") return schedule.refreshSoon();
		if (name === "receipt") outputs.onReceipt(data);
		if (name === "durable") trouble(data.durable ? "" : t("not_kept", { reason: data.reason ?? "" }));
		queue.refresh();
		desk.refresh();
		history.refresh();
	},
	async up() {
		air.setAway(false);
		trouble("");
		await begin().catch(failed);
	},
	down(error) {
		air.setAway(true);
		if (error instanceof Refused && error.status === 401) return askToken();
		trouble(t("no_connection"));
	},
};

async function begin() {
	const { ledger } = await loadStatus();
	await speak.load();
	desk.refresh();
	if (ledger && ledger.keeps === false) trouble(t("not_kept", { reason: ledger.why ?? "" }));
}

let name = "local"; /* what the gateway calls who has no token */
const showName = () => put($("who-name"), name === "local" ? t("without_token") : name);

let end = null;
async function connect() {
	end?.();
	end = null;
	try {
		const me = await getToKnow();
		name = me.name;
		showName();
		await begin();
	} catch (error) {
		if (failed(error)) return;
	}
	/* A desk is told what other desks call, by a ttsd that has desks. */
	const events = may("calls") ? [...EVENTS, "called", "series"] : [...EVENTS];
	if (speak.messages().some((m) => m.prepared)) events.push("prepared");
	if (may("schedules")) events.push("schedule");
	end = listenTo("/v1/events", { events, lead_ms: LEAD_MS }, handler);
	await end.settled;
}

/* Returns whether somebody has to do something about it first. */
function failed(error) {
	if (error instanceof Refused && error.status === 401) {
		askToken();
		return true;
	}
	if (error instanceof Refused && error.status === 403) complain(error);
	else trouble(t("no_connection"));
	return false;
}

/* ---- who sits here ------------------------------------------------------ */

function askToken() {
	end?.();
	end = null;
	if (!$("token-dialog").open) {
		put($("token-why"), t(hasToken() ? "token_unknown" : "token_hint"));
		$("token-dialog").showModal();
	}
}

$("who").addEventListener("click", () => {
	put($("token-why"), t("token_hint"));
	$("token-dialog").showModal();
});
$("token-dialog").addEventListener("close", () => {
	const { returnValue } = $("token-dialog");
	const text = $("token").value.trim();
	$("token").value = "";
	if (returnValue === "yes" && text) useToken(text);
	else if (returnValue === "no") useToken(null);
	else return;
	connect();
});

/* ---- how it looks ------------------------------------------------------- */

const dark = matchMedia("(prefers-color-scheme: dark)");
const themeNow = () => document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
function setTheme(theme) {
	if (theme) document.documentElement.dataset.theme = theme;
}
setTheme(localStorage.getItem("theme"));
$("theme").addEventListener("click", () => {
	const theme = themeNow() === "dark" ? "light" : "dark";
	localStorage.setItem("theme", theme);
	setTheme(theme);
});
$("language").addEventListener("change", () => {
	localStorage.setItem("language", $("language").value);
	speakIn($("language").value).catch(complain);
});

const tick = () => put($("clock"), new Date().toLocaleTimeString(tag(), { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }));
setInterval(tick, 1000);
onWords(() => {
	tick();
	showName();
	showView();
	setChannel();
});

/* For tests: which word is lit, and which sample is heard. */
globalThis.ttsd = { heard: air.heard };

keepTokenIn(sessionStorage);
$("language").value = preferred();
await speakIn($("language").value);
await connect();
document.documentElement.dataset.ready = Math.round(performance.now());
