/* The desk: the next number of a series is called to a counter. Numbers are
 * ttsd's, so that no two desks call the same one. */
import { ask, may, newKey } from "./api.js";
import { $, draw, el, options, put, soon } from "./dom.js";
import { onKey } from "./keys.js";
import { outcomePill, receiptPills } from "./receipts.js";
import { messages } from "./speak.js";
import { attempt, toast } from "./toast.js";
import { onWords, t, time } from "./words.js";

const UNDO_MS = 8000;
const CALLS = 30;
let channel = null;
let series = [];
let calls = [];
let receipts = new Map(); /* by id: of each output its receipt */
let current = null;       /* the series that was called last */
let latest = null;        /* the last call of this desk: what can be undone */
let dropping = 0;

/* ---- what there is ------------------------------------------------------ */

async function load() {
	if (!channel || !may("series")) return show();
	const [s, c] = await Promise.all([
		ask("series").catch(() => null),
		ask("calls", { channel: channel.name, limit: CALLS }).catch(() => null),
	]);
	series = s?.series ?? series;
	calls = c?.calls ?? calls;
	show();
}
export const refresh = soon(load);

async function loadReceipts() {
	if (!channel || !may("history")) return;
	const reply = await ask("history", { channel: channel.name, limit: 100 }).catch(() => null);
	for (const item of reply?.items ?? [])
		if (item.receipts) receipts.set(item.id, new Map(item.receipts.map((r) => [r.output, r])));
	show();
}

export function onReceipt(event) {
	if (!receipts.has(event.id)) receipts.set(event.id, new Map());
	receipts.get(event.id).set(event.output, event);
	refresh();
}

export function setChannel(told) {
	const other = told?.name !== channel?.name;
	channel = told;
	if (other) {
		receipts.clear();
		loadReceipts();
	}
	$("board-link").href = `/board/${channel?.name ?? ""}?lang=${document.documentElement.lang.slice(0, 2)}`;
	refresh();
}

/* ---- calls -------------------------------------------------------------- */

function undoable(call) {
	clearTimeout(dropping);
	latest = call;
	$("undo").disabled = !call || !may("uncall");
	if (call) dropping = setTimeout(() => undoable(null), UNDO_MS);
}

async function undo() {
	if (!latest) return;
	const call = latest;
	undoable(null);
	if (await attempt(null, () => ask("uncall", { id: call.id })))
		toast(t("was_undone", { ticket: call.ticket }));
	refresh();
}

async function call(button, fields) {
	if (!may("call")) return;
	const message = $("call-message").value;
	const reply = await attempt(button, () => ask("call", {
		counter: $("counter").value.trim(), channel: channel.name, key: newKey(),
		...(message ? { message } : {}), ...fields,
	}));
	if (!reply) return;
	if (fields.series) current = fields.series;
	undoable(reply);
	toast(t("was_called", { ticket: reply.ticket, counter: reply.counter }), { undo, ms: UNDO_MS });
	await load();
	button?.focus();
}

const last = () => calls.find((c) => c.counter === $("counter").value.trim()) ?? calls[0];

function again() {
	const one = last();
	if (one) call($("again"), { ticket: one.ticket, again: true });
}

function callNext() {
	const one = series.find((s) => s.name === current) ?? series[0];
	const card = one && [...$("series").children].find((n) => n.dataset.key === one.name);
	if (one) call(card?.querySelector(".next"), { series: one.name });
}

async function skip(button) {
	const name = button.closest("li").dataset.key;
	if (await attempt(button, () => ask("skip-number", { series: name })))
		await load();
}

function askTransfer() {
	$("transfer-ticket").value = last()?.ticket ?? "";
	$("transfer-counter").value = "";
	options($("transfer-series"), [["", "–"], ...series.map((s) => [s.name, s.name])], "");
	$("transfer-dialog").showModal();
}

async function transfer() {
	if ($("transfer-dialog").returnValue !== "yes") return;
	const ticket = $("transfer-ticket").value.trim();
	const to = $("transfer-series").value ? { series: $("transfer-series").value }
		: { counter: $("transfer-counter").value.trim() };
	if (await attempt($("transfer"), () => ask("transfer", { ticket, ...to })))
		toast(t("was_transferred", { ticket, to: to.series ?? to.counter }));
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
	put(name, t("next_of", { series: s.name }));
	key.hidden = s.name !== (current ?? series[0]?.name);
	put(number, s.next ?? "–");
	put(note, s.waiting === undefined ? "" : t("waiting_n", { n: s.waiting }));
	put(node.lastElementChild.firstElementChild, s.last ? t("last_was", { ticket: s.last }) : "");
	node.firstElementChild.disabled = !may("call");
	node.lastElementChild.lastElementChild.hidden = !may("skip-number");
}

const makeCall = () => el("tr", {}, el("td", { className: "ticket" }), el("td", {}), el("td", { className: "when" }), el("td"), el("td"));

function updateCall(row, c) {
	const mine = [...(receipts.get(c.id)?.values() ?? [])];
	const state = JSON.stringify([c.outcome, c.reason, mine]);
	if (row.dataset.state === state) return;
	row.dataset.state = state;
	const [ticket, counter, when, outcome, got] = row.children;
	put(ticket, c.ticket);
	put(counter, c.counter);
	put(when, time(c.time));
	outcome.replaceChildren(outcomePill(c.outcome, c.reason));
	got.replaceChildren(...receiptPills(mine));
}

function show() {
	draw($("series"), series, (s) => s.name, makeCard, updateCard);
	draw($("calls"), calls, (c) => c.id, makeCall, updateCall);
	$("no-series").hidden = series.length > 0;
	$("no-calls").hidden = calls.length > 0;
	const names = messages().filter((m) => ["ticket", "counter"].every((f) => m.fields?.includes(f)));
	options($("call-message"), [["", t("by_default")], ...names.map((m) => [m.name, m.name])]);
	$("counters").replaceChildren(...[...new Set(calls.map((c) => c.counter))].map((value) => el("option", { value })));
	$("call-number").querySelector("button").disabled = !may("call");
	$("again").disabled = !may("call") || calls.length === 0;
	$("transfer").disabled = !may("transfer");
}

/* ---- hands -------------------------------------------------------------- */

$("counter").value = localStorage.getItem("counter") ?? "1";
$("counter").addEventListener("change", () => localStorage.setItem("counter", $("counter").value.trim()));
$("call-number").addEventListener("submit", (event) => {
	event.preventDefault();
	const ticket = $("number").value.trim();
	if (!ticket) return $("number").focus();
	$("number").value = "";
	call(event.submitter, { ticket });
});
$("again").addEventListener("click", again);
$("undo").addEventListener("click", undo);
$("transfer").addEventListener("click", askTransfer);
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
