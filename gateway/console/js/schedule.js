/* What is said again and again ([schedule NAME], and what was set here), and when
 * next. */
import { ask, look, may } from "./api.js";
import { $, draw, el, languageOf, put, soon } from "./dom.js";
import * as form from "./schedule_form.js";
import { attempt, sure, toast } from "./toast.js";
import { day, onWords, t } from "./words.js";

const SEEN_MS = 5000; /* it comes ten seconds ahead to the queue */
const TOLD_MS = 300;  /* the gateway asks ttsd for what is new */
let entries = [];

export async function refresh() {
	entries = (await look("/v1/schedule").catch(() => null))?.schedule ?? entries;
	show();
}
export const refreshSoon = soon(refresh, TOLD_MS);

export const setChannel = (told) => form.setChannel(told);

const open = (entry) => form.open(entry, entries.map((e) => e.name));
const entryOf = (button) => entries.find((e) => e.name === button.closest("li").dataset.key);

const remove = (button) => sure(button, () => attempt(button, async () => {
	const { name } = entryOf(button);
	await ask("remove-schedule", { name });
	toast(t("was_removed", { name }));
	refreshSoon();
}));

const make = () => el("li", {},
	el("span", { className: "pill" }),
	el("div", { className: "grow" }, el("span", {}), el("small", {})),
	el("div", { className: "does" },
		el("button", { type: "button", className: "small", onclick: (e) => open(entryOf(e.currentTarget)) }, t("change")),
		el("button", { type: "button", className: "small", onclick: (e) => remove(e.currentTarget) }, t("remove"))));

function update(node, entry) {
	const [pill, body, does] = node.children;
	const failed = entry.last && entry.became !== "asked for";
	put(pill, entry.next ? day(Date.parse(entry.next)) : t("never_again"));
	put(body.firstElementChild, entry.text ?? entry.clip);
	body.firstElementChild.lang = languageOf(entry.text ?? "");
	put(body.lastElementChild, [entry.name, entry.channel?.join(", "), entry.by,
		failed && t("was_left_out", { time: day(Date.parse(entry.last)), why: entry.became })].filter(Boolean).join(" · "));
	/* What the configuration has is changed there. */
	does.hidden = !entry.kept || !may("set-schedule");
}

function show() {
	draw($("schedule"), entries, (e) => e.name, make, update);
	$("schedule-add").hidden = !may("set-schedule");
	$("scheduled").hidden = entries.length === 0 && !may("set-schedule");
}

setInterval(() => $("view-queue").hidden || document.hidden || refresh(), SEEN_MS);
$("schedule-add").addEventListener("click", () => open(null));
form.onSet(refreshSoon);
onWords(() => {
	$("schedule").replaceChildren();
	show();
});
