/* What waits: its order, and what is taken out of it. */
import { ask, may } from "./api.js";
import { $, draw, el, languageOf, put, soon } from "./dom.js";
import { onKey } from "./keys.js";
import { attempt, toast } from "./toast.js";
import { day, onWords, t } from "./words.js";

let channel = null;
let items = [];
let paused = false;

const load = async () => {
	if (!channel || !may("queue")) return;
	const mine = channel.name;
	const reply = await ask("queue", { channel: mine }).catch(() => null);
	if (reply && mine === channel.name) {
		items = reply.items;
		show();
	}
};
export const refresh = soon(load);

export function setChannel(told) {
	channel = told;
	paused = told?.state === "paused";
	refresh();
}

/* What others move is no event. */
setInterval(() => $("view-queue").hidden || refresh(), 3000);

const waits = (item) => item.state !== "on-air" && item.state !== "scheduled" && item.state !== "preempted";

/* Those that may change places with it: of its own priority. */
function neighbours(item) {
	const line = items.filter((i) => waits(i) && i.priority === item.priority);
	const at = line.indexOf(item);
	return { before: line[at - 1], after: line[at + 1], next: line[at + 2] };
}

const byId = (node) => items.find((i) => String(i.id) === node.closest("li").dataset.key);

async function move(button, up) {
	const item = byId(button);
	const { before, after, next } = neighbours(item);
	const target = up ? before : next;
	if (up ? !before : !after) return;
	await attempt(null, () => ask("move", { id: item.id, ...(target ? { before: target.id } : {}) }));
	await load();
	button.focus({ preventScroll: true });
}

async function cancel(button) {
	const item = byId(button);
	const done = await attempt(button, () => ask("cancel", { id: item.id }));
	if (done) toast(t("was_cancelled", { text: item.text }));
	refresh();
}

function make() {
	const button = (label, text, fn) =>
		el("button", { type: "button", className: "small", onclick: (e) => fn(e.currentTarget) },
			el("span", { ariaHidden: "true" }, text), el("span", { className: "unseen" }, t(label)));
	return el("li", {},
		el("span", { className: "pill" }),
		el("div", { className: "grow" }, el("span", {}), el("small", {})),
		el("div", { className: "does" },
			button("move_up", "↑", (b) => move(b, true)),
			button("move_down", "↓", (b) => move(b, false)),
			el("button", { type: "button", className: "small", onclick: (e) => cancel(e.currentTarget) }, t("cancel"))));
}

function update(node, item) {
	const [pill, body, does] = node.children;
	const { before, after } = neighbours(item);
	const live = item.state === "on-air";
	node.classList.toggle("on-air-row", live);
	pill.className = live ? "pill bad" : item.state === "ready" ? "pill good" : "pill";
	put(pill, t(`queue_${item.state.replaceAll("-", "_")}`));
	put(body.firstElementChild, item.text);
	body.firstElementChild.lang = languageOf(item.text);
	put(body.lastElementChild, [t(item.priority), item.due_ms && day(Date.now() + item.due_ms),
		item.repeat === "until-cancelled" && t("until_cancelled"),
		Object.values(item.show ?? {}).join(" · ")].filter(Boolean).join(" · "));
	const movable = may("move") && waits(item);
	does.children[0].hidden = does.children[1].hidden = !movable;
	does.children[0].disabled = !before;
	does.children[1].disabled = !after;
	does.children[2].hidden = !may("cancel");
}

function show() {
	draw($("queue"), items, (i) => i.id, make, update);
	$("no-queue").hidden = items.length > 0;
	$("pause").setAttribute("aria-pressed", String(paused));
	for (const op of ["pause", "skip", "clear"]) $(op).hidden = !may(op);
}

const pause = () => attempt($("pause"), async () => {
	await ask(paused ? "resume" : "pause", { channel: channel.name });
	paused = !paused;
	show();
	dispatchEvent(new Event("ttsd:status"));
});
const skip = () => attempt($("skip"), () => ask("skip", { channel: channel.name }));

$("pause").addEventListener("click", pause);
$("skip").addEventListener("click", skip);
$("clear").addEventListener("click", () => attempt($("clear"), async () => {
	const { cleared } = await ask("clear", { channel: channel.name });
	toast(t("were_cleared", { n: cleared }));
}));
/* Where they can be seen: a slip elsewhere holds up no hall. */
const here = (op, fn) => () => ($("view-queue").hidden || !may(op) ? false : fn());
onKey("P", "pause", here("pause", pause));
onKey("S", "skip", here("skip", skip));
onWords(() => {
	$("queue").replaceChildren();
	show();
});
