/* Where the sound goes: states, delays, and the switches. */
import { askOutputs, mayOutputs } from "./api.js";
import { $, draw, el, put, soon } from "./dom.js";
import { listenTo } from "./events.js";
import { attempt, sure, toast } from "./toast.js";
import { onWords, t } from "./words.js";

const KINDS = { running: "good", stopped: "", starting: "warn", stopping: "warn" };
let outputs = [];
let receipts = new Map(); /* by output: the state of the latest announcement */
let stop = null;

async function load() {
	if (!mayOutputs("status")) return;
	const reply = await askOutputs("status").catch(() => null);
	if (reply) outputs = reply.outputs;
	show();
}
const refresh = soon(load);

/* A browser keeps few lines to one server: only while it is looked at. */
export function setShown(shown) {
	stop?.();
	stop = null;
	if (!shown) return;
	load();
	const timer = setInterval(refresh, 5000);
	const end = listenTo("/v1/outputs/events", {}, { event: refresh, up: refresh });
	stop = () => {
		clearInterval(timer);
		end();
	};
}

export function onReceipt(event) {
	receipts.set(event.output, event);
	if (stop) show();
}

const act = (op, button, name) => attempt(button, async () => {
	await askOutputs(op, { name });
	refresh();
});
const nameOf = (button) => button.closest("li").dataset.key;

const remove = (button) => sure(button, () => act("remove", button, nameOf(button)));

function make() {
	const button = (op) => el("button", {
		type: "button", className: "small",
		onclick: (e) => act(op, e.currentTarget, nameOf(e.currentTarget)),
	}, t(op));
	return el("li", {},
		el("span", { className: "pill" }),
		el("div", { className: "grow" }, el("b", {}), el("small", {}), el("small", {})),
		el("div", { className: "does" }, button("start"), button("stop"), button("restart"),
			el("button", { type: "button", className: "small", onclick: (e) => remove(e.currentTarget) }, t("remove"))));
}

function facts(o) {
	const receipt = receipts.get(o.name);
	const heard = o.heard ?? null;
	return [
		o.bitrate_kbps ? `${Math.round(o.bitrate_kbps)} kbit/s` : "",
		heard?.delay_ms ? t("delay", { ms: Math.round(heard.delay_ms) }) : "",
		heard?.state ? t(`heard_${heard.state.replaceAll("-", "_")}`) : "",
		o.audience?.listeners != null ? t("listeners", { n: o.audience.listeners }) : "",
		receipt ? t(`receipt_${receipt.state}`) : "",
		o.restarts ? t("restarts", { n: o.restarts }) : "",
		o.active === "backup" ? t("on_backup") : "",
	].filter(Boolean).join(" · ");
}

function update(node, o) {
	const [pill, body, does] = node.children;
	pill.className = `pill ${KINDS[o.state] ?? "bad"}`;
	put(pill, t(`output_${o.state}`));
	put(body.children[0], o.name);
	put(body.children[1], o.url ?? "");
	put(body.children[2], [facts(o), o.state === "running" ? "" : o.last_error].filter(Boolean).join(" · "));
	const off = o.state === "stopped";
	const [start, halt, restart, drop] = does.children;
	start.hidden = !off || !mayOutputs("start");
	halt.hidden = off || !mayOutputs("stop");
	restart.hidden = off || !mayOutputs("restart");
	drop.hidden = !mayOutputs("remove");
}

function show() {
	draw($("outputs"), outputs, (o) => o.name, make, update);
	$("no-outputs").hidden = outputs.length > 0;
	$("add").hidden = !mayOutputs("add");
}

let channel = null;
export const setChannel = (told) => { channel = told; };

$("add").addEventListener("submit", async (event) => {
	event.preventDefault();
	const name = $("add-name").value.trim();
	const done = await attempt($("add").querySelector("button"), () =>
		askOutputs("add", { name, url: $("add-url").value.trim(), channel: channel.name }));
	if (!done) return;
	$("add").reset();
	toast(t("was_added", { name }));
	refresh();
});
onWords(() => {
	$("outputs").replaceChildren();
	show();
});
