/* The page of `make run`: says what is typed, shows it as it is heard, and plays
 * the stream that leaves. All but the player and the face is the console's, which
 * the gateway serves here, too. */
import * as air from "/console/air.js";
import { ask, getToKnow, once } from "/console/api.js";
import { $, options, put } from "/console/dom.js";
import { listenTo } from "/console/events.js";
import { attempt, complain, toast } from "/console/toast.js";
import { onWords, preferred, speakIn, t } from "/console/words.js";
import { Mouth } from "./mouth.js";
import * as player from "./player.js";

const CHANNEL = "main";
const EVENTS = ["started", "word", "viseme", "finished", "preempted"];
const LEAD_MS = 500;
const FACE = "400 140 480 440";

const mouth = new Mouth($("face"));

/* ---- what happens ------------------------------------------------------- */

function trouble(text) {
	$("trouble").hidden = !text;
	put($("trouble"), text);
}

const handler = {
	event(name, data) {
		if (name === "viseme") return mouth.take(data);
		if (name === "finished" || name === "preempted")
			mouth.cut({ ...data, sample: data.last_sample ?? data.sample });
		air.onEvent(name, data);
	},
	async up() {
		air.setAway(false);
		trouble("");
		await load().catch(() => trouble(t("no_connection")));
	},
	down() {
		air.setAway(true);
		mouth.clear();
		trouble(t("no_connection"));
	},
};

let channel = null;
let voices = [];

async function load() {
	const { channels } = await ask("status", { channel: CHANNEL });
	[channel] = channels;
	air.setChannel(channel);
	({ voices } = await ask("voices"));
	showVoices();
}

function showVoices() {
	options($("voice"), [["", t("by_default")], ...voices.map(({ id, name, languages }) =>
		[id, `${name} (${languages.join(", ")})`])]);
}

function frame() {
	mouth.show(air.heard().sample);
	requestAnimationFrame(frame);
}

/* ---- saying ------------------------------------------------------------- */

const sayOnce = once("say");

async function say() {
	if (!$("say").reportValidity()) return;
	const asked = { channel: CHANNEL, text: $("text").value.trim() };
	if ($("voice").value) asked.voice = $("voice").value;
	const shown = ["ticket", "counter"].map((id) => [id, $(id).value.trim()]).filter(([, text]) => text);
	if (shown.length > 0) asked.show = Object.fromEntries(shown);
	const reply = await attempt($("say").querySelector("[type=submit]"), () => sayOnce(asked));
	if (!reply) return;
	for (const id of ["text", "ticket", "counter"]) $(id).value = "";
	toast(t("accepted"), { undo: () => attempt(null, () => ask("cancel", { id: reply.id })) });
}

$("say").addEventListener("submit", (event) => {
	event.preventDefault();
	say();
});
$("text").addEventListener("keydown", (event) => {
	if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
	event.preventDefault();
	say();
});

/* ---- one sound at a time ------------------------------------------------ */

const listens = () => $("listen").getAttribute("aria-pressed") === "true";
$("listen").addEventListener("click", () => listens() && player.mute(true));
$("stream-sound").addEventListener("click", () => {
	const on = !player.muted();
	player.mute(on);
	if (!on && listens()) $("listen").click();
});

/* ---- how it looks ------------------------------------------------------- */

const speak = () => speakIn($("language").value, "words");
$("language").addEventListener("change", () => {
	localStorage.setItem("language", $("language").value);
	speak().catch(complain);
});
onWords(() => {
	document.title = t("demo_title");
	showVoices();
	player.tell();
});

/* For tests. */
globalThis.ttsd = { heard: air.heard };

$("language").value = preferred();
await speak();
player.start();
mouth.load("face.svg", FACE).catch(complain);
requestAnimationFrame(frame);
await getToKnow().catch(() => {});
await listenTo("/v1/events", { events: EVENTS, channel: CHANNEL, lead_ms: LEAD_MS }, handler).settled;
document.documentElement.dataset.ready = Math.round(performance.now());
