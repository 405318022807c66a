/*
 * Plays the demo's live stream in any browser, picture and sound, and says when
 * it does not play; whatever is gone meanwhile, it is tried again until it plays.
 *
 * Where there are Media Source Extensions, the MP4 fragments that nginx lists
 * in its DASH playlist are appended as they come. Their time stamps keep
 * picture and sound in step; those of a stream that was started afresh, which
 * begins at 0 again, are moved behind what is there. Elsewhere the browser
 * plays HLS by itself.
 */
import { $, put } from "/console/dom.js";
import { t } from "/console/words.js";

const STREAM = "main";
const POLL_MS = 100;    // between two looks at the playlist
const ANSWER_MS = 3000; // a server that takes longer is gone
const STALL_MS = 3000;  // without a new fragment: the stream stands still
const PLAYS_MS = 1000;  // without a new moment of it: it does not play
const STUCK_MS = 1500;  // without a new frame of it, while its time goes on
const RETRY_MS = 1000;  // after what the browser could not play
const ANEW_MS = 10000;  // a browser that plays by itself is told to again
const LEAD_S = 1;       // of the stream to have before playing
const LEAD_MAX_S = 3;   // each stall adds to it; more is made up by a jump
const KEEP_S = 20;      // of the stream to keep behind it
const AT_FIRST = 4;     // fragments to begin with: a key frame is among them

const media = $("media");
const Source = window.ManagedMediaSource ?? window.MediaSource;

let session = null; // what plays now; null: nothing is to

/* ---- how it is ---------------------------------------------------------- */

let state = "off"; // a word: stream_STATE
let lead = 0;      // seconds of the stream that wait

export function tell() {
	put($("stream-state"), t(`stream_${state}`));
	$("stream-state").className = `pill ${state === "live" ? "good" : state === "off" ? "" : "warn"}`;
	put($("stream-note"), state === "live" ? t("stream_lead", { s: lead.toFixed(1) }) : "");
	$("play").setAttribute("aria-pressed", String(session !== null));
	$("stream-sound").setAttribute("aria-pressed", String(!media.muted));
}

function show(what) {
	state = what;
	tell();
}

/* The picture may stand still behind a gap while the sound goes on. (Of a page
 * that nobody sees no frame is drawn.) */
function watchPicture(playing, now) {
	const { totalVideoFrames } = media.getVideoPlaybackQuality();
	if (totalVideoFrames !== playing.frames || !media.videoWidth || media.paused || document.hidden) {
		playing.frames = totalVideoFrames;
		playing.drawnAt = now;
	}
	playing.stuck = now - playing.drawnAt > STUCK_MS;
}

/* Live is what moves; of what does not, why. */
function judge(playing) {
	const now = performance.now();
	if (media.currentTime !== playing.at) {
		playing.at = media.currentTime;
		playing.movedAt = now;
	}
	watchPicture(playing, now);
	if (!media.paused && !playing.stuck && now - playing.movedAt < PLAYS_MS) show("live");
	else if (playing.trouble) show(playing.trouble);
	else if (now - playing.newestAt > STALL_MS) show("stalled");
	else show(playing.buffers ? "buffering" : "connecting");
}

/* ---- what the server has ------------------------------------------------ */

class Gone extends Error {}

/* null: it has no such file. */
async function get(name) {
	try {
		const reply = await fetch(name, { cache: "no-store", signal: AbortSignal.timeout(ANSWER_MS) });
		return reply.ok ? await reply.arrayBuffer() : null;
	} catch {
		throw new Gone(name);
	}
}

function readTrack(representation) {
	const template = representation.querySelector("SegmentTemplate");
	const type = representation.getAttribute("mimeType");
	return {
		type: `${type}; codecs="${representation.getAttribute("codecs")}"`,
		head: template.getAttribute("initialization"),
		fragments: [...template.querySelectorAll("S")].map((s) => ({
			name: template.getAttribute("media").replace("$Time$", s.getAttribute("t")),
			time: Number(s.getAttribute("t")),
			duration: Number(s.getAttribute("d")),
		})),
	};
}

/* What the playlist lists: null while there is no stream. */
async function readPlaylist() {
	const text = await get(`dash/${STREAM}.mpd`);
	if (!text)
		return null;
	const mpd = new DOMParser().parseFromString(new TextDecoder().decode(text), "text/xml");
	const tracks = [...mpd.querySelectorAll("Representation")].map(readTrack);
	if (!tracks.length || tracks.some(({ fragments }) => !fragments.length))
		return null;
	return {
		/* Another one means that the stream has started afresh. */
		began: mpd.documentElement.getAttribute("availabilityStartTime"),
		newest: tracks[0].fragments.at(-1).time,
		types: tracks.map(({ type }) => type).join(),
		tracks,
	};
}

/* A file of the stream; null: gone already, we are late. */
const load = (name) => get(`dash/${name}`);

/* ---- what the browser gets of it ---------------------------------------- */

function settled(target, event) {
	return new Promise((resolve, reject) => {
		const heard = new AbortController();
		const on = (name, go) => target.addEventListener(name, () => {
			heard.abort();
			go(new Error(name));
		}, { signal: heard.signal });
		on(event, resolve);
		on("error", reject);
	});
}

/*
 * nginx-rtmp gives the last sample of a fragment a duration of 0, which leaves
 * a gap before the next fragment: it gets that of the sample before it.
 * (trun: flags, count, data offset, then for each sample its duration and what
 * else the flags name.)
 */
function mendLastSample(fragment, duration) {
	const view = new DataView(fragment);
	let at = 0;
	while (view.getUint32(at) !== 0x7472756e) // 'trun'
		at++;
	const flags = view.getUint32(at + 4);
	const count = view.getUint32(at + 8);
	const size = 4 * [0x100, 0x200, 0x400, 0x800].filter((f) => flags & f).length;
	const last = at + 16 + size * (count - 1);
	view.setUint32(last, count > 1 ? view.getUint32(last - size) : duration);
}

async function append(buffer, bytes) {
	buffer.appendBuffer(bytes);
	await settled(buffer, "updateend");
}

function endOf(ranges) {
	return ranges.length ? ranges.end(ranges.length - 1) : 0;
}

/* Puts what comes behind what is there; false: it is gone already. */
async function beginAfresh(playing, playlist) {
	const heads = await Promise.all(playlist.tracks.map(({ head }) => load(head)));
	if (heads.includes(null))
		return false;
	const end = Math.max(...playing.buffers.map(({ buffered }) => endOf(buffered)));
	const { fragments } = playlist.tracks[0];
	const first = fragments.at(-AT_FIRST) ?? fragments[0];
	await Promise.all(playing.buffers.map((buffer, i) => {
		buffer.timestampOffset = end - first.time / 1000;
		return append(buffer, heads[i]);
	}));
	playing.began = playlist.began;
	playing.times = playing.buffers.map(() => first.time - 1);
	return true;
}

async function appendNew(playing, track, i) {
	for (const { name, time, duration } of track.fragments) {
		if (time <= playing.times[i])
			continue;
		const fragment = await load(name);
		if (fragment) {
			mendLastSample(fragment, duration);
			await append(playing.buffers[i], fragment);
		}
		playing.times[i] = time;
	}
}

/* Takes what is new in the playlist; at first only what is newest. */
async function follow(playing, playlist) {
	if (!playing.buffers) {
		playing.types = playlist.types;
		playing.buffers = playlist.tracks.map(
			({ type }) => playing.source.addSourceBuffer(type));
	}
	if (playing.began !== playlist.began && !await beginAfresh(playing, playlist))
		return;
	/* None is left at work when another one's file did not come. */
	const done = await Promise.allSettled(playlist.tracks.map(
		(track, i) => appendNew(playing, track, i)));
	const failed = done.find(({ status }) => status === "rejected");
	if (failed)
		throw failed.reason;
}

/* Without the sound, where the browser wants to be touched first. */
async function play() {
	try {
		await media.play();
	} catch (error) {
		if (error.name === "NotAllowedError" && !media.muted) {
			mute(true);
			await play();
		} else if (error.name !== "AbortError") { // as stop() does
			console.warn(error);
		}
	}
}

/* Begins with enough of a lead, and never falls far behind. */
function stayLive(playing) {
	const { buffered } = media;
	if (buffered.length === 0)
		return;
	const start = buffered.start(buffered.length - 1);
	const end = endOf(buffered);
	lead = end - media.currentTime;
	const stuck = media.paused || media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
	if (lead > LEAD_MAX_S || lead < 0 || playing.stuck || (stuck && media.currentTime < start)) {
		media.currentTime = Math.max(start, end - LEAD_S);
		playing.drawnAt = performance.now();
	}
	if (media.paused && end - start >= LEAD_S)
		play();
}

async function forget(buffer) {
	const end = media.currentTime - KEEP_S;
	if (buffer.buffered.length && buffer.buffered.start(0) < end - KEEP_S) {
		buffer.remove(0, end);
		await settled(buffer, "updateend");
	}
}

/* ---- playing ------------------------------------------------------------ */

/* One look at the playlist, and what comes of it. */
async function look(playing) {
	const playlist = await readPlaylist();
	playing.trouble = playlist ? null : "waiting";
	if (!playlist || session !== playing)
		return;
	if (playing.buffers && playing.types !== playlist.types) {
		start(); // the picture came, or went
		return;
	}
	if (playlist.began !== playing.told || playlist.newest !== playing.newest)
		playing.newestAt = performance.now();
	playing.told = playlist.began;
	playing.newest = playlist.newest;
	await follow(playing, playlist);
	stayLive(playing);
	await Promise.all(playing.buffers.map(forget));
}

async function playFragments(playing) {
	playing.source = new Source();
	media.disableRemotePlayback = true; // or iOS hands out no source
	media.src = URL.createObjectURL(playing.source);
	await settled(playing.source, "sourceopen");
	while (session === playing) {
		try {
			await look(playing);
		} catch (error) {
			if (!(error instanceof Gone))
				throw error;
			playing.trouble = "gone";
		}
		await pause(POLL_MS);
	}
}

/* Where the browser knows HLS, and no more is known of it than that it plays. */
async function playByItself(playing) {
	while (session === playing) {
		media.src = `hls/${STREAM}.m3u8`;
		playing.movedAt = performance.now();
		play();
		while (session === playing && !media.error && performance.now() - playing.movedAt < ANEW_MS)
			await pause(POLL_MS);
	}
}

const pause = (ms) => new Promise((go) => setTimeout(go, ms));

/* What the browser cannot play is begun anew. */
export async function start() {
	const now = performance.now();
	const playing = session = { movedAt: -PLAYS_MS, newestAt: now, drawnAt: now, at: media.currentTime };
	show("connecting");
	const judging = setInterval(() => session === playing && judge(playing), POLL_MS);
	try {
		await (Source ? playFragments(playing) : playByItself(playing));
	} catch (error) {
		if (session === playing)
			console.warn(error);
	}
	clearInterval(judging);
	if (session !== playing)
		return;
	show("broken");
	await pause(RETRY_MS);
	if (session === playing)
		start();
}

export function stop() {
	session = null;
	media.pause();
	media.removeAttribute("src");
	media.load();
	show("off");
}

export const muted = () => media.muted;
export function mute(yes) {
	media.muted = yes;
	tell();
}

$("play").addEventListener("click", () => (session ? stop() : start()));
