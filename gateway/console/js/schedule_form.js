/* Something that is to be said again and again: when, what and where. */
import { ask } from "./api.js";
import { $, el, options, put } from "./dom.js";
import * as places from "./places.js";
import { attempt, reasonOf, toast } from "./toast.js";
import { day, onWords, t, tag } from "./words.js";

const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const MONDAY = Date.UTC(2024, 0, 1);
const DAY_MS = 86400000;
const REPEAT_MAX = 20;

let channel = null;
export const setChannel = (told) => { channel = told; };

let changed = null; /* the entry that is changed; null: another one */
let taken = []; /* names of all there are */
let tell = () => {};
export const onSet = (fn) => { tell = fn; };

/* ---- words of the configuration ------------------------------------------ */

/* As a Chinese keyboard writes them, too. */
const words = (text) => text.replaceAll("：", ":").split(/[\s,，、;；]+/).filter(Boolean);
const listed = (value) => (Array.isArray(value) ? value : words(value ?? ""));

/* "mon-fri" and such are days in turn, also over a Sunday. */
function daysOf(value) {
	return listed(value).flatMap((word) => {
		const [first, last = first] = word.split("-").map((d) => DAYS.indexOf(d));
		const count = first < 0 || last < 0 ? 0 : ((last - first + 7) % 7) + 1;
		return Array.from({ length: count }, (_, i) => DAYS[(first + i) % 7]);
	});
}

const minutesOf = (every) => {
	const [, n, unit] = /^(\d+)(m|h|s|ms)$/.exec(every ?? "") ?? [];
	return n ? String(Number(n) * { h: 60, m: 1, s: 1 / 60, ms: 1 / 60000 }[unit]) : "";
};

/* ---- the form ------------------------------------------------------------ */

const box = (name) => $("schedule-days").querySelector(`[value=${name}]`);

function choosePlace(names) {
	const choices = places.beside(places.channels());
	const chosen = names ? places.choiceOf(names) : channel?.name;
	/* Some channels that were chosen elsewhere stay what they are. */
	if (chosen === null) choices.push(["", names.join(", ")]);
	options($("schedule-where"), choices, chosen ?? "");
}

function complain(text) {
	$("schedule-why").hidden = !text;
	put($("schedule-why"), text);
}

export function open(entry, names) {
	changed = entry;
	taken = names;
	complain("");
	$("schedule-form").reset();
	$("schedule-name").value = entry?.name ?? "";
	$("schedule-name").readOnly = Boolean(entry);
	$("schedule-text").value = entry?.text ?? "";
	$("schedule-text").required = !entry?.clip;
	$("schedule-at").value = listed(entry?.at).join(" ");
	$("schedule-every").value = minutesOf(entry?.every);
	for (const name of ["from", "to", "chime"]) $(`schedule-${name}`).value = entry?.[name] ?? "";
	for (const name of ["except", "dates"]) $(`schedule-${name}`).value = listed(entry?.[name]).join(" ");
	for (const name of daysOf(entry?.days)) box(name).checked = true;
	$("schedule-repeat").value = String(entry?.repeat ?? 1);
	choosePlace(entry?.channel);
	$("schedule-dialog").showModal();
}

/* What the form says; of what it does not ask, all stays as it was. */
function fields() {
	const { kept, next, last, became, by, set_ms, ...same } = changed ?? {};
	const value = (name) => $(`schedule-${name}`).value.trim();
	const every = value("every");
	const where = $("schedule-where").value;
	const days = DAYS.filter((d) => box(d).checked);
	const said = {
		name: value("name"), text: value("text"), chime: value("chime"),
		at: words(value("at")), every: every && `${every}m`, from: words(value("from"))[0], to: words(value("to"))[0],
		days: days.length === DAYS.length ? [] : days, except: words(value("except")), dates: words(value("dates")),
		repeat: Number(value("repeat")) || value("repeat"), channel: where ? [places.named(where)].flat() : same.channel,
	};
	/* Nothing is the same as not said. */
	return Object.fromEntries(Object.entries({ ...same, ...said }).filter(([, v]) => v && v.length !== 0));
}

async function set() {
	complain("");
	const asked = fields();
	if (!changed && taken.includes(asked.name)) return complain(t("name_taken", asked));
	const reply = await ask("set-schedule", asked).catch((error) => complain(reasonOf(error)));
	if (!reply) return;
	$("schedule-dialog").close();
	const when = reply.next ? day(Date.parse(reply.next)) : t("never_again");
	toast(reply.durable === false ? t("said_not_kept") : `${asked.name}: ${when}`);
	tell();
}

$("schedule-form").addEventListener("submit", (event) => {
	if (event.submitter?.value === "no") return;
	event.preventDefault();
	attempt(event.submitter, set);
});
onWords(() => {
	const short = new Intl.DateTimeFormat(tag(), { weekday: "short", timeZone: "UTC" });
	$("schedule-days").replaceChildren(...DAYS.map((value, i) => el("label", { className: "choice" },
		el("input", { type: "checkbox", value }), el("span", {}, short.format(MONDAY + i * DAY_MS)))));
	options($("schedule-repeat"), [...Array.from({ length: REPEAT_MAX }, (_, i) => [String(i + 1), String(i + 1)]),
		["until-cancelled", t("until_cancelled")]]);
});
