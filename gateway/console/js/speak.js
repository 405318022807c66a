/* Free text, templates, and the message that goes before all. */
import { ask, may, mayRight, newKey } from "./api.js";
import { $, el, options } from "./dom.js";
import { attempt, toast } from "./toast.js";
import { onWords, t } from "./words.js";

const LIFTED_MS = 6000;
let channel = null;
let templates = [];
/* The same until it was accepted: pressed twice, it is said once. */
let key = newKey();

export const setChannel = (told) => { channel = told; };

/* What templates there are; none where ttsd has no such thing. */
export async function load() {
	const reply = may("messages") ? await ask("messages").catch(() => null) : null;
	templates = reply?.messages ?? [];
	show();
}
export const messages = () => templates;
export const textOf = (m) => m.text ?? (m.parts ?? m.texts ?? []).map((p) => p.text ?? p).join(" ");

const chosen = () => templates.find((m) => m.name === $("template").value);

function fill() {
	const message = chosen();
	if (!message) return;
	const inputs = [...$("template-fields").querySelectorAll("input")];
	const fields = Object.fromEntries(inputs.map((i) => [i.name, i.value]));
	$("text").value = textOf(message).replace(/\{(\w+)\}/g, (whole, name) => fields[name] || whole);
}

function choose() {
	const message = chosen();
	const names = message ? [...new Set([...textOf(message).matchAll(/\{(\w+)\}/g)].map((m) => m[1]))] : [];
	$("template-fields").replaceChildren(...names.map((name) =>
		el("label", { className: "field" }, el("span", {}, name),
			el("input", { name, maxLength: 100, autocomplete: "off", oninput: fill }))));
	fill();
}

function show() {
	options($("template"), [["", t("no_template")], ...templates.map((m) => [m.name, m.title ?? m.name])]);
	$("template-field").hidden = templates.length === 0;
	$("say").querySelector("[type=submit]").disabled = !may("say");
	$("emergency").hidden = !mayRight("urgent");
}

async function say() {
	if (!$("say").reportValidity()) return;
	const fields = { text: $("text").value.trim(), channel: channel.name, priority: $("priority").value, key };
	if ($("repeat").value > 1) Object.assign(fields, { repeat: Number($("repeat").value), gap_ms: 1500 });
	if ($("chime").value.trim()) fields.chime = $("chime").value.trim();
	if ($("when").value) fields.at = new Date($("when").value).toISOString();
	const reply = await attempt($("say").querySelector("[type=submit]"), () => ask("say", fields));
	if (!reply) return;
	key = newKey();
	$("text").value = "";
	$("when").value = "";
	toast(reply.durable === false ? t("said_not_kept") : fields.at ? t("scheduled") : t("accepted"), {
		undo: () => attempt(null, async () => {
			await ask("cancel", { id: reply.id });
			$("text").value = fields.text;
			toast(t("was_cancelled", { text: fields.text }));
		}),
	});
}

/* ---- the guarded button ------------------------------------------------- */

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
	const reply = await attempt(null, () => ask("say", { text, channel: channel.name, priority: "urgent", key: newKey() }));
	if (reply) toast(t("alarm_given"), { undo: () => attempt(null, () => ask("cancel", { id: reply.id })) });
}

$("lift").addEventListener("click", () => lift($("alarm").disabled));
$("alarm").addEventListener("click", alarm);
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
