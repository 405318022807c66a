/*
 * Plays the demo's live stream in any browser, picture and sound.
 *
 * Where there are Media Source Extensions, the MP4 fragments that nginx lists
 * in its DASH playlist are appended as they come. Their time stamps keep
 * picture and sound in step; those of a stream that was started afresh, which
 * begins at 0 again, are moved behind what is there. Elsewhere the browser
 * plays HLS by itself.
 */
const STREAM = 'main';
const POLL_MS = 100;    // between two looks at the playlist
const LEAD_S = 1;       // of the stream to have before playing
const LEAD_MAX_S = 3;   // each stall adds to it; more is made up by a jump
const KEEP_S = 20;      // of the stream to keep behind it
const AT_FIRST = 4;     // fragments to begin with: a key frame is among them

const byId = (id) => document.getElementById(id);
const media = byId('media');
const button = byId('button');
const Source = window.ManagedMediaSource ?? window.MediaSource;

let session = null; // what plays now; null: nothing does

function show(state, live) {
	byId('state').textContent = state;
	byId('state').classList.toggle('live', live);
}

function readTrack(representation) {
	const template = representation.querySelector('SegmentTemplate');
	const type = representation.getAttribute('mimeType');
	return {
		type: `${type}; codecs="${representation.getAttribute('codecs')}"`,
		head: template.getAttribute('initialization'),
		fragments: [...template.querySelectorAll('S')].map((s) => ({
			name: template.getAttribute('media').replace('$Time$', s.getAttribute('t')),
			time: Number(s.getAttribute('t')),
			duration: Number(s.getAttribute('d')),
		})),
	};
}

/* What the playlist lists: null while there is no stream. */
async function readPlaylist() {
	const reply = await fetch(`dash/${STREAM}.mpd`, { cache: 'no-store' });
	if (!reply.ok)
		return null;
	const mpd = new DOMParser().parseFromString(await reply.text(), 'text/xml');
	const tracks = [...mpd.querySelectorAll('Representation')].map(readTrack);
	if (!tracks.length || tracks.some(({ fragments }) => !fragments.length))
		return null;
	return {
		/* Another one means that the stream has started afresh. */
		began: mpd.documentElement.getAttribute('availabilityStartTime'),
		types: tracks.map(({ type }) => type).join(),
		tracks,
	};
}

function settled(target, event) {
	return new Promise((resolve, reject) => {
		target.addEventListener(event, resolve, { once: true });
		target.addEventListener('error', reject, { once: true });
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

/* A file of the stream; null: gone already, we are late. */
async function load(name) {
	const reply = await fetch(`dash/${name}`, { cache: 'no-store' });
	return reply.ok ? reply.arrayBuffer() : null;
}

async function append(buffer, bytes) {
	buffer.appendBuffer(bytes);
	await settled(buffer, 'updateend');
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
	await Promise.all(playlist.tracks.map(
		(track, i) => appendNew(playing, track, i)));
}

/* Without the sound, where the browser wants to be touched first. */
async function play() {
	try {
		await media.play();
	} catch (error) {
		if (error.name === 'NotAllowedError' && !media.muted) {
			mute(true);
			await play();
		} else if (error.name !== 'AbortError') { // as stop() does
			show(`cannot play: ${error.message}`, false);
		}
	}
}

/* Begins with enough of a lead, and never falls far behind. */
function stayLive() {
	const { buffered } = media;
	if (buffered.length === 0)
		return;
	const start = buffered.start(buffered.length - 1);
	const end = endOf(buffered);
	const lead = end - media.currentTime;
	const stuck = media.paused || media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
	if (lead > LEAD_MAX_S || lead < 0 || (stuck && media.currentTime < start))
		media.currentTime = Math.max(start, end - LEAD_S);
	if (media.paused && end - start >= LEAD_S)
		play();
	byId('delay').textContent = media.paused ? '' : `${lead.toFixed(1)} s buffered`;
}

async function forget(buffer) {
	const end = media.currentTime - KEEP_S;
	if (buffer.buffered.length && buffer.buffered.start(0) < end - KEEP_S) {
		buffer.remove(0, end);
		await settled(buffer, 'updateend');
	}
}

async function playFragments(playing) {
	playing.source = new Source();
	media.disableRemotePlayback = true; // or iOS hands out no source
	media.src = URL.createObjectURL(playing.source);
	await settled(playing.source, 'sourceopen');
	while (session === playing) {
		const playlist = await readPlaylist().catch(() => null);
		if (playlist && playing.buffers && playing.types !== playlist.types)
			return start(); // the picture came, or went
		if (playlist) {
			await follow(playing, playlist);
			stayLive();
			await Promise.all(playing.buffers.map(forget));
		}
		if (!playlist)
			show('waiting for the stream', false);
		else if (media.readyState < HTMLMediaElement.HAVE_FUTURE_DATA)
			show('buffering', false);
		else
			tellLive();
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
}

/* The wave on the screen; its peak is there for a test to read. */
let analyser = null;

/* Only where sound may be heard: a context that may not run holds it up. */
async function listenIn() {
	if (analyser) {
		analyser.context.resume();
		return;
	}
	const context = new AudioContext();
	analyser = context.createAnalyser();
	analyser.fftSize = 2048;
	await context.resume();
	context.createMediaElementSource(media).connect(analyser);
	analyser.connect(context.destination);
	draw(byId('scope'), new Float32Array(analyser.fftSize));
}

function draw(canvas, samples) {
	const { width, height } = canvas;
	const pen = canvas.getContext('2d');
	analyser.getFloatTimeDomainData(samples);
	pen.clearRect(0, 0, width, height);
	pen.strokeStyle = getComputedStyle(canvas).color;
	pen.lineWidth = 3;
	pen.beginPath();
	samples.forEach((v, i) => {
		pen.lineTo(i / samples.length * width, height / 2 * (1 - v));
	});
	pen.stroke();
	canvas.dataset.peak = samples.reduce((peak, v) => Math.max(peak, Math.abs(v)), 0);
	requestAnimationFrame(() => draw(canvas, samples));
}

function mute(yes) {
	media.muted = yes;
	button.classList.toggle('muted', yes);
	tellLive();
}

function tellLive() {
	if (session && !media.paused)
		show(media.muted ? 'live: press for the sound' : 'live', true);
}

function start() {
	const playing = session = {};
	button.classList.add('on');
	show('connecting', false);
	if (Source) {
		playFragments(playing).catch((error) => {
			if (session !== playing)
				return;
			stop();
			show(`cannot play: ${error.message ?? media.error?.message}`, false);
		});
	} else {
		media.src = `hls/${STREAM}.m3u8`;
		play();
	}
}

function stop() {
	session = null;
	button.classList.remove('on');
	mute(false);
	media.pause();
	media.removeAttribute('src');
	media.load();
	byId('delay').textContent = '';
	show('press play', false);
}

function press() {
	if (!session) {
		start();
	} else if (media.muted) {
		mute(false);
		listenIn();
	} else {
		stop();
	}
}

media.addEventListener('playing', () => {
	tellLive();
	if (Source && !media.muted)
		listenIn();
});
media.addEventListener('waiting', () => show('buffering', false));
button.addEventListener('click', press);
start();
