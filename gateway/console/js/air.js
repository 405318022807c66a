/* What is on air: the lamp, the words as they are heard, the level. */
import { Caption } from "./caption.js";
import { $, put } from "./dom.js";
import { onKey } from "./keys.js";
import { Sound } from "./sound.js";
import { complain } from "./toast.js";
import { onWords, t } from "./words.js";

const LINGERS_MS = 4000;
const caption = new Caption($("caption"));
let channel = null; /* as `status` tells of it */
let anchor = null;  /* when a sample went out, of this channel */
let last = null;    /* what has ended: until which sample it is heard */
let away = false;

const sound = new Sound({
	state(state) {
		$("listen").setAttribute("aria-pressed", String(state !== "off"));
		$("level").hidden = $("volume-label").hidden = state === "off";
		if (state === "lost") complain(new Error("sound_lost"));
		if (state !== "off") requestAnimationFrame(frame);
	},
	failed: complain,
});

/* The sample that is heard now: as the loudspeaker plays it, or as it goes out
 * where nobody listens. */
function now() {
	if (sound.on) return sound.heard();
	if (!anchor || !channel) return null;
	return anchor.sample + ((performance.now() - anchor.at) / 1000) * channel.rate;
}

let framing = false;
function frame() {
	framing = false;
	const sample = now();
	if (sample !== null) caption.light(sample);
	if (last !== null && sample !== null && sample > last) {
		last = null;
		caption.end();
		showState();
		setTimeout(() => caption.id === null && last === null && showState(), LINGERS_MS);
	}
	if (sound.on) showLevel();
	if (sound.on || caption.id !== null) again();
}
function again() {
	if (framing) return;
	framing = true;
	requestAnimationFrame(frame);
}

let levelTold = 0;
function showLevel() {
	const { db, part } = sound.level();
	$("level").style.setProperty("--level", part.toFixed(3));
	if (performance.now() - levelTold < 500) return;
	levelTold = performance.now();
	$("level").setAttribute("aria-valuenow", Math.round(db));
	const delay = sound.delayMs();
	put($("air-note"), sound.lost ? t("sound_lost") : delay === null ? "" : t("delay", { ms: delay }));
}

function showState() {
	const live = caption.id !== null;
	$("air").classList.toggle("live", live);
	put($("air-state"), t(away ? "away" : live ? "on_air" : channel?.state === "paused" ? "paused" : "silent"));
	if (!sound.on) put($("air-note"), "");
}

export function onEvent(name, event) {
	if (event.channel !== channel?.name) return;
	if (name === "started") {
		anchor = { at: performance.now(), sample: event.sample };
		last = null;
		caption.begin(event);
	} else if (name === "word" && event.id === caption.id) {
		caption.add(event);
	} else if ((name === "finished" || name === "preempted") && event.id === caption.id) {
		last = name === "finished" ? event.last_sample ?? event.sample : event.sample;
	}
	showState();
	again();
}

export function setAway(is) {
	away = is;
	if (is) caption.clear();
	showState();
}

/* Another channel, or the same in another state. */
export function setChannel(told) {
	const other = told?.name !== channel?.name;
	channel = told;
	if (other) {
		anchor = last = null;
		caption.clear();
		if (sound.on) sound.start(channel.name);
	}
	showState();
}

function listen() {
	if (sound.on) sound.stop();
	else if (channel) sound.start(channel.name);
	showState();
}

$("listen").addEventListener("click", listen);
$("volume").addEventListener("input", (e) => sound.setVolume(e.target.value / 100));
onKey("L", "listen", listen);
onWords(showState);

/* For tests: which word is lit, and which sample is heard. */
export const heard = () => ({ sample: now(), word: caption.lit, words: caption.words, delay: sound.delayMs() });
