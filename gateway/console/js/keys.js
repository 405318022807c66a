/* The keyboard. A key alone does nothing while somebody writes. */
import { $, el } from "./dom.js";
import { onWords, t } from "./words.js";

const keys = [];

/* `fn` may return false: the key was not for it. */
export const onKey = (key, label, fn) => keys.push({ key, label, fn });

const writes = (node) => node.matches("input, textarea, select, [contenteditable]");

addEventListener("keydown", (event) => {
	if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
	if (document.querySelector("dialog[open]")) return;
	if (event.key === "Escape" && writes(event.target)) event.target.blur();
	if (writes(event.target)) return;
	const key = event.key.length === 1 ? event.key.toUpperCase() : event.key;
	for (const one of keys) {
		if (one.key === key && one.fn(event) !== false) {
			event.preventDefault();
			return;
		}
	}
});

onWords(() => {
	$("keys-list").replaceChildren(...[
		...keys.filter((k) => k.label).map((k) => [k.key, k.label]),
		["Ctrl ↵", "say"], ["Tab", "key_tab"], ["Esc", "key_escape"],
	].flatMap(([key, label]) => [el("dt", {}, el("kbd", {}, key)), el("dd", {}, t(label))]));
});

onKey("?", "shortcuts", () => $("keys").showModal());
$("help").addEventListener("click", () => $("keys").showModal());
