/* What was said, and what became of it: search, and a file for a spreadsheet. */
import { ask, may } from "./api.js";
import { $, draw, el, languageOf, put, soon } from "./dom.js";
import { outcomePill, receiptPills, receiptText } from "./receipts.js";
import { attempt } from "./toast.js";
import { day, onWords, t } from "./words.js";

const LIMIT = 1000;
const SHOWN = 200;
let channel = null;
let items = [];
let shown = false;

function question() {
	const outcome = $("find-outcome").value;
	const since = $("find-since").value;
	return {
		channel: channel.name,
		limit: LIMIT,
		...(outcome === "missed" ? { missed: true } : outcome ? { outcome } : {}),
		...(since ? { since_ms: new Date(since).getTime() } : {}),
	};
}

const found = () => {
	const words = $("find-text").value.trim().toLowerCase();
	return items.filter((i) => !words || i.text.toLowerCase().includes(words) || i.key?.toLowerCase().includes(words));
};

async function load() {
	if (!channel || !may("history")) return;
	const reply = await ask("history", question()).catch(() => null);
	if (!reply) return;
	items = reply.items;
	show();
}
const reload = soon(load, 150);
export const refresh = () => { if (shown) reload(); };

export function setShown(is) {
	shown = is;
	if (is) load();
}
export function setChannel(told) {
	const other = told?.name !== channel?.name;
	channel = told;
	if (other) items = [];
	refresh();
}

const make = () => el("tr", {}, el("td", { className: "when" }), el("td", { className: "said" }), el("td"), el("td"));

function update(row, item) {
	const state = JSON.stringify([item.outcome, item.receipts]);
	if (row.dataset.state === state) return;
	row.dataset.state = state;
	const [when, said, outcome, receipts] = row.children;
	put(when, day(item.started_ms ?? item.accepted_ms));
	put(said, item.text);
	said.lang = languageOf(item.text);
	outcome.replaceChildren(outcomePill(item.outcome, item.reason));
	receipts.replaceChildren(...receiptPills(item.receipts));
}

function show() {
	const list = found();
	draw($("history"), list.slice(0, SHOWN), (i) => i.id, make, update);
	$("no-history").hidden = list.length > 0;
}

/* A spreadsheet takes a text that begins so for a formula; some take off blanks
 * first, and some know the signs of full width. All are in quotes, for where a
 * cell ends at a semicolon the next one would begin. */
const cell = (value) => {
	const text = String(value ?? "").replace(/^ *[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/, "'$&");
	return `"${text.replaceAll('"', '""')}"`;
};
const stamp = (ms) => (ms ? new Date(ms).toISOString() : "");

export const toCsv = (list) =>
	[["id", "channel", "accepted", "started", "ended", "outcome", "reason", "key", "receipts", "text"],
		...list.map((i) => [i.id, i.channel, stamp(i.accepted_ms), stamp(i.started_ms), stamp(i.ended_ms),
			i.outcome, i.reason, i.key, receiptText(i.receipts), i.text])]
		.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";

$("csv").addEventListener("click", () => attempt($("csv"), async () => {
	items = (await ask("history", question())).items;
	show();
	const file = new Blob(["\ufeff", toCsv(found())], { type: "text/csv" });
	const link = el("a", { href: URL.createObjectURL(file), download: `ttsd-${channel.name}.csv` });
	link.click();
	setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}));
$("find").addEventListener("submit", (event) => event.preventDefault());
$("find-text").addEventListener("input", show);
for (const id of ["find-outcome", "find-since"]) $(id).addEventListener("change", load);
onWords(() => {
	$("history").replaceChildren();
	show();
});
