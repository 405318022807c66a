/* Free text, templates, and the message that goes before all. */
import { ask, may, mayRight, once } from "./api.js";
import { $, el, options, put } from "./dom.js";
import * as places from "./places.js";
import { attempt, toast } from "./toast.js";
import { onWords, t } from "./words.js";

const LIFTED_MS = 6000;
/* As ttsd names them. */
const REPEAT_MAX = 20;
const ENDLESS = "until-cancelled";
let channel = null;
let templates = [];
const askToSay = once("say");
const askForAlarm = once("say");

export function setChannel(told) {
	channel = told;
	showPlaces();
}

/* ---- where -------------------------------------------------------------- */

function showPlaces() {
	const choices = places.beside(channel ? [channel.name] : []);
	options($("where"), choices);
	$("where-field").hidden = choices.length < 2;
	showPrepared();
}

const place = () => places.named($("where").value || channel.name);
/* On several, at one time: who stands between two of them hears one. */
const there = () => ({ channel: place(), ...(place() === channel.name ? {} : { together: true }) });
const takeBack = (reply) => ask("cancel", reply.ids ? { ids: reply.ids } : { id: reply.id });

/* What templates and zones there are; no templates where ttsd has no such thing. */
export async function load() {
	const reply = may("messages") ? await ask("messages").catch(() => null) : null;
	templates = reply?.messages ?? [];
	await places.load();
	show();
}
export const messages = () => templates;

const chosen = () => templates.find((m) => m.name === $("template").value);

const fields = () => Object.fromEntries(
	[...$("template-fields").querySelectorAll("input")].map((i) => [i.name, i.value.trim()]));

/* What ttsd will make of it (common/text): braces twice are braces. */
function fill() {
	const message = chosen();
	if (!message) return;
	const given = fields();
	$("text").value = message.text.replace(/\{\{|\}\}|\{([\w-]+)\}/g, (whole, name) =>
		(name ? given[name] || whole : whole[0]));
}

function choose() {
	const message = chosen();
	$("template-fields").replaceChildren(...(message?.fields ?? []).map((name) =>
		el("label", { className: "field" }, el("span", {}, name),
			el("input", { name, maxLength: 100, required: true, autocomplete: "off", oninput: fill }))));
	$("text").readOnly = Boolean(message);
	$("text").value = "";
	fill();
}

function show() {
	options($("template"), [["", t("no_template")], ...templates.map((m) => [m.name, m.name])]);
	$("template-field").hidden = templates.length === 0;
	options($("repeat"), [["", t("by_default")], [ENDLESS, t("until_cancelled")],
		...Array.from({ length: REPEAT_MAX }, (_, i) => [String(i + 1), String(i + 1)])]);
	$("say").querySelector("[type=submit]").disabled = !may("say");
	$("emergency").hidden = !mayRight("urgent");
	const ready = templates.filter((m) => m.prepared);
	options($("prepared"), [["", t("no_template")], ...ready.map((m) => [m.name, m.name])]);
	$("prepared-field").hidden = ready.length === 0;
	showPlaces();
}

async function say() {
	if (!$("say").reportValidity()) return;
	const text = $("text").value.trim();
	const asked = { ...there(), ...(chosen() ? { message: chosen().name, fields: fields() } : { text }) };
	/* What is not said otherwise is the template's own. */
	if ($("priority").value) asked.priority = $("priority").value;
	const repeat = $("repeat").value;
	if (repeat) Object.assign(asked, { repeat: repeat === ENDLESS ? repeat : Number(repeat), gap_ms: 1500 });
	if ($("chime").value.trim()) asked.chime = $("chime").value.trim();
	if ($("when").value) asked.at = new Date($("when").value).toISOString();
	const reply = await attempt($("say").querySelector("[type=submit]"), () => askToSay(asked));
	if (!reply) return;
	choose();
	$("when").value = "";
	toast(reply.durable === false ? t("said_not_kept") : asked.at ? t("scheduled") : t("accepted"), {
		undo: () => attempt(null, async () => {
			await takeBack(reply);
			if (!chosen()) $("text").value = text;
			toast(t("was_cancelled", { text }));
		}),
	});
}

/* ---- the guarded button ------------------------------------------------- */

/* A message that ttsd keeps made; else the text is said as any other. */
const chosenPrepared = () => templates.find((m) => m.prepared && m.name === $("prepared").value);

function showPrepared() {
	const message = chosenPrepared();
	const states = channel ? places.channelsOf($("where").value || channel.name).map((name) => message?.prepared.find((p) => p.channels.includes(name))) : [];
	const ready = states.length > 0 && states.every((p) => p?.ready);
	const why = states.find((p) => p && !p.ready)?.why ?? "";
	$("emergency-text").readOnly = Boolean(message);
	if (message) $("emergency-text").value = message.text.replace(/\{\{|\}\}/g, (twice) => twice[0]);
	$("prepared-state").hidden = !message;
	$("prepared-state").className = ready ? "pill good" : "pill warn";
	put($("prepared-state"), ready ? t("prepared_ready") : t("prepared_missing", { why }));
}

let dropping = 0;
function lift(on) {
	clearTimeout(dropping);
	$("lift").setAttribute("aria-expanded", String(on));
	$("alarm").disabled = !on;
	if (on) dropping = setTimeout(() => lift(false), LIFTED_MS);
}

async function alarm() {
	lift(false);
	const text = $("emergency-text").value.trim();
	if (!text) return $("emergency-text").focus();
	const reply = await attempt(null, () => askForAlarm({
		...(chosenPrepared() ? { message: chosenPrepared().name } : { text }), channel: place(), priority: "urgent" }));
	if (reply) toast(t("alarm_given"), { undo: () => attempt(null, () => takeBack(reply)) });
}

$("where").addEventListener("change", showPrepared);
$("lift").addEventListener("click", () => lift($("alarm").disabled));
$("alarm").addEventListener("click", alarm);
$("prepared").addEventListener("change", () => {
	if (!chosenPrepared()) $("emergency-text").value = t("emergency_text");
	showPrepared();
});
$("template").addEventListener("change", choose);
$("say").addEventListener("submit", (event) => {
	event.preventDefault();
	say();
});
$("text").addEventListener("keydown", (event) => {
	if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) say();
});
onWords(() => {
	if (!$("emergency-text").value) $("emergency-text").value = t("emergency_text");
	show();
});
