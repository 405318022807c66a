/* What is said again and again ([schedule NAME]), and when next. */
import { look } from "./api.js";
import { $, draw, el, languageOf, put } from "./dom.js";
import { day, onWords, t } from "./words.js";

const SEEN_MS = 5000; /* it comes ten seconds ahead to the queue */
let entries = [];

export async function refresh() {
	entries = (await look("/v1/schedule").catch(() => null))?.schedule ?? entries;
	show();
}

const make = () => el("li", {},
	el("span", { className: "pill" }),
	el("div", { className: "grow" }, el("span", {}), el("small", {})));

function update(node, entry) {
	const [pill, body] = node.children;
	const failed = entry.last && entry.became !== "asked for";
	put(pill, entry.next ? day(Date.parse(entry.next)) : t("never_again"));
	put(body.firstElementChild, entry.text ?? entry.clip);
	body.firstElementChild.lang = languageOf(entry.text ?? "");
	put(body.lastElementChild, [entry.name, entry.channel?.join(", "),
		failed && t("was_left_out", { time: day(Date.parse(entry.last)), why: entry.became })].filter(Boolean).join(" · "));
}

function show() {
	$("scheduled").hidden = entries.length === 0;
	draw($("schedule"), entries, (e) => e.name, make, update);
}

setInterval(() => $("view-queue").hidden || document.hidden || refresh(), SEEN_MS);
onWords(show);
