/* The desk: the next number of a series is called to a counter. Numbers are
 * ttsd's, so that no two desks call the same one. */
import { ask, may, once } from "./api.js";
import { $, draw, el, options, put, soon } from "./dom.js";
import { onKey } from "./keys.js";
import { outcomePill, receiptPills } from "./receipts.js";
import { messages } from "./speak.js";
import { attempt, toast } from "./toast.js";
import { onWords, t, time } from "./words.js";

const UNDO_MS = 8000;
const CALLS = 30;
let series = [];
let calls = [];
let current = null; /* the series that was called last */
let latest = null;  /* what this desk did last, and can undo */
let dropping = 0;
let clearToast = null;

/* ---- what there is ------------------------------------------------------ */

async function load() {
	if (!may("series")) return show();
	const [s, c] = await Promise.all([
		ask("series").catch(() => null),
		ask("calls", { limit: CALLS }).catch(() => null),
	]);
	series = s?.series ?? series;
	calls = c?.calls ?? calls;
	/* Where nobody has sat yet, it is the first counter that there is. */
	if (!localStorage.getItem("counter") && !series.some(serves)) $("counter").value = series[0]?.counters[0] ?? "1";
	show();
}
export const refresh = soon(load);

export function setChannel(channel) {
	$("board-link").href = `/board/${channel?.name ?? ""}?lang=${document.documentElement.lang.slice(0, 2)}`;
	refresh();
}

const counter = () => $("counter").value.trim();
const serves = (s) => s.counters.length === 0 || s.counters.includes(counter());
/* The series of this counter first. */
const inOrder = () => [...series.filter(serves), ...series.filter((s) => !serves(s))];

/* "a23" as its series writes it: "A23". (Beside A there may be an AB.) */
function spelt(ticket) {
	const heads = series.map((s) => (s.next_ticket ?? "").replace(/\d+$/, ""));
	const head = heads.find((h) => h && ticket.toLowerCase().startsWith(h.toLowerCase()) && /^\d/.test(ticket.slice(h.length)));
	return head ? head + ticket.slice(head.length) : ticket;
}

/* ---- calls -------------------------------------------------------------- */

/* What was done, which can be undone for a while. */
function undoable(call, text) {
	clearTimeout(dropping);
	clearToast?.();
	clearToast = call ? toast(text, { undo, ms: UNDO_MS }) : null;
	latest = call;
	$("undo").disabled = !call || !may("uncall");
	if (call) dropping = setTimeout(() => undoable(null), UNDO_MS);
}

async function undo() {
	if (!latest) return;
	const call = latest;
	undoable(null);
	const reply = await attempt(null, () => ask("uncall", { id: call.id ?? Object.values(call.ids)[0] }));
	if (reply) toast(t(reply.given_back ? "was_given_back" : "was_undone", { ticket: reply.ticket }));
	refresh();
}

const askToCall = once("call");
const askToTransfer = once("transfer");

/* `fields` say which number. */
async function call(button, fields) {
	if (!may("call")) return;
	const message = $("call-message").value;
	const had = button && document.activeElement === button;
	const reply = await attempt(button, () => askToCall({
		...(counter() ? { counter: counter() } : {}), ...(message ? { message } : {}), ...fields,
	}));
	if (!reply) return;
	if (fields.series) current = fields.series;
	undoable(reply, t("was_called", { ticket: reply.ticket, counter: reply.counter ?? "" }));
	await load();
	if (had) button.focus({ preventScroll: true });
}

const again = () => call($("again"), { again: true });

function callNext() {
	const mine = series.filter(serves);
	const one = mine.find((s) => s.name === current) ?? mine[0];
	const card = one && [...$("series").children].find((n) => n.dataset.key === one.name);
	if (one) call(card?.querySelector(".next"), { series: one.name });
}

async function skip(button) {
	const name = button.closest("li").dataset.key;
	const reply = await attempt(button, () => ask("skip-number", { series: name }));
	if (!reply) return;
	undoable(reply, t("was_skipped", { ticket: reply.ticket }));
	await load();
}

/* To a counter, or to the waiting list of a series. */
function chooseTransfer() {
	const counter = $("transfer-counter");
	counter.disabled = $("transfer-series").value !== "";
	if (counter.disabled) counter.value = "";
}

function askTransfer() {
	options($("transfer-series"), [["", t("no_other_series")], ...series.map((s) => [s.name, s.name])]);
	$("transfer-series").value = "";
	chooseTransfer();
	$("transfer-ticket").value = (calls.find((c) => c.counter === counter()) ?? calls[0])?.ticket ?? "";
	$("transfer-counter").value = "";
	$("transfer-dialog").showModal();
}

async function transfer() {
	if ($("transfer-dialog").returnValue !== "yes") return;
	const name = $("transfer-series").value;
	const to = name ? { series: name } : { counter: $("transfer-counter").value.trim() };
	const fields = { ticket: spelt($("transfer-ticket").value.trim()), ...to };
	const reply = await attempt($("transfer"), () => askToTransfer(fields));
	if (!reply) return;
	undoable(reply, t(name ? "was_transferred" : "was_called", fields));
	refresh();
}

/* ---- what is shown ------------------------------------------------------ */

const makeCard = () => el("li", {},
	el("button", { type: "button", className: "next", onclick: (e) => call(e.currentTarget, { series: e.currentTarget.closest("li").dataset.key }) },
		el("span", { className: "name" }), el("kbd", {}, "N"), el("b", {}), el("span", { className: "note" })),
	el("div", { className: "below" }, el("span", { className: "quiet" }),
		el("button", { type: "button", className: "small", onclick: (e) => skip(e.currentTarget) }, t("skip_number"))));

function updateCard(node, s) {
	const [name, key, number, note] = node.firstElementChild.children;
	const mine = serves(s);
	put(name, t("next_of", { series: s.name }));
	key.hidden = !mine || s.name !== (current ?? inOrder()[0]?.name);
	/* Who was transferred goes before the next number. */
	const waiting = (s.waiting ?? []).map((w) => w.ticket);
	put(number, waiting[0] ?? s.next_ticket ?? "–");
	put(note, !mine ? t("only_counters", { counters: s.counters.join(", ") })
		: waiting.length > 0 ? t("waiting_n", { n: waiting.length, ticket: s.next_ticket ?? "–" })
			: t("called_n", { n: s.called ?? 0 }));
	put(node.lastElementChild.firstElementChild, s.last ? t("last_was", { ticket: s.last, counter: s.counter ?? "" }) : "");
	node.firstElementChild.disabled = !may("call") || !mine;
	node.lastElementChild.lastElementChild.hidden = !may("skip-number") || !mine || waiting.length > 0;
}

const makeCall = () => el("tr", {}, el("td", { className: "ticket" }), el("td", {}), el("td", { className: "when" }), el("td"), el("td"));

/* What became of a call: of what is not over, its state. */
const outcomeOf = (c) => (c.state === "called" ? c.outcome : c.state === "waiting" ? "waits_there" : c.state);
const isTransfer = (c) => c.state === "waiting" || c.state === "transferred";

function updateCall(row, c) {
	const state = JSON.stringify(c);
	if (row.dataset.state === state) return;
	row.dataset.state = state;
	const [ticket, to, when, outcome, got] = row.children;
	put(ticket, c.ticket);
	put(to, isTransfer(c) ? `→ ${c.series}` : c.counter ?? "");
	put(when, time(c.time));
	outcome.replaceChildren(outcomePill(outcomeOf(c), c.reason));
	got.replaceChildren(...receiptPills(c.receipts));
}

function show() {
	draw($("series"), inOrder(), (s) => s.name, makeCard, updateCard);
	draw($("calls"), calls, (c) => c.id, makeCall, updateCall);
	$("no-series").hidden = series.length > 0;
	$("no-calls").hidden = calls.length > 0;
	const names = messages().filter((m) => ["ticket", "counter"].every((f) => m.fields.includes(f)));
	options($("call-message"), [["", t("by_default")], ...names.map((m) => [m.name, m.name])]);
	const counters = new Set([...series.flatMap((s) => s.counters), ...calls.map((c) => c.counter).filter(Boolean)]);
	$("counters").replaceChildren(...[...counters].map((value) => el("option", { value })));
	$("call-number").querySelector("button").disabled = !may("call");
	$("again").disabled = !may("call") || calls.length === 0;
	$("transfer").disabled = !may("transfer") || calls.length === 0;
}

/* ---- hands -------------------------------------------------------------- */

$("counter").value = localStorage.getItem("counter") ?? "1";
$("counter").addEventListener("input", () => {
	localStorage.setItem("counter", counter());
	show();
});
$("call-number").addEventListener("submit", (event) => {
	event.preventDefault();
	const ticket = spelt($("number").value.trim());
	if (!ticket) return $("number").focus();
	$("number").value = "";
	call(event.submitter, { ticket });
});
$("again").addEventListener("click", again);
$("undo").addEventListener("click", undo);
$("transfer").addEventListener("click", askTransfer);
$("transfer-series").addEventListener("change", chooseTransfer);
$("transfer-dialog").addEventListener("close", transfer);

const here = (fn) => () => ($("view-desk").hidden ? false : fn());
onKey("N", "call_next", here(callNext));
onKey("R", "call_again", here(again));
onKey("C", "call_number", here(() => $("number").focus()));
onKey("T", "transfer", here(askTransfer));
onKey("Z", "undo", here(undo));
onWords(() => {
	$("series").replaceChildren();
	$("calls").replaceChildren();
	show();
});
