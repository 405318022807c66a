/*
 * Plays the demo's live stream in any browser.
 *
 * Where there are Media Source Extensions, the MP4 fragments that nginx lists
 * in its DASH playlist are appended as they come; the sequence mode of the
 * buffer strings them together whatever time stamps a restarted stream
 * begins with. Elsewhere the browser plays HLS by itself.
 */
const STREAM = 'main';
const POLL_MS = 100;    // between two looks at the playlist
const LEAD_S = 0.6;     // of sound to have before playing
const LEAD_MAX_S = 2.5; // each stall adds to it; more is made up by a jump
const KEEP_S = 20;      // of sound to keep behind it

const byId = (id) => document.getElementById(id);
const audio = byId('audio');
const button = byId('button');
const Source = window.ManagedMediaSource ?? window.MediaSource;

let session = null; // what plays now; null: nothing does

function show(state, live) {
	byId('state').textContent = state;
	byId('state').classList.toggle('live', live);
}

/* What the playlist lists: null while there is no stream. */
async function readPlaylist() {
	const reply = await fetch(`dash/${STREAM}.mpd`, { cache: 'no-store' });
	if (!reply.ok)
		return null;
	const mpd = new DOMParser().parseFromString(await reply.text(), 'text/xml');
	const set = mpd.querySelector('Representation[mimeType="audio/mp4"]');
	if (!set)
		return null;
	const template = set.querySelector('SegmentTemplate');
	return {
		/* Another one means that the stream has started afresh. */
		began: mpd.documentElement.getAttribute('availabilityStartTime'),
		type: `audio/mp4; codecs="${set.getAttribute('codecs')}"`,
		head: template.getAttribute('initialization'),
		fragments: [...set.querySelectorAll('S')].map((s) => ({
			name: template.getAttribute('media').replace('$Time$', s.getAttribute('t')),
			duration: Number(s.getAttribute('d')),
		})),
	};
}

function settled(target, event) {
	return new Promise((resolve, reject) => {
		target.addEventListener(event, resolve, { once: true });
		target.addEventListener('error', reject, { once: true });
	});
}

/*
 * nginx-rtmp gives the last sample of a fragment a duration of 0, and the next
 * fragment would be laid over it: it gets what the playlist says is left.
 * (trun: flags, count, data offset, then duration and size of each sample.)
 */
function mendLastSample(fragment, duration) {
	const view = new DataView(fragment);
	let at = 0;
	while (view.getUint32(at) !== 0x7472756e) // 'trun'
		at++;
	const last = at + 16 + 8 * (view.getUint32(at + 8) - 1);
	for (let sample = at + 16; sample < last; sample += 8)
		duration -= view.getUint32(sample);
	view.setUint32(last, duration);
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

/* Takes what is new in the playlist; at first only what is newest. */
async function follow(playing, playlist) {
	if (!playing.buffer) {
		playing.buffer = playing.source.addSourceBuffer(playlist.type);
		playing.buffer.mode = 'sequence';
	}
	if (playing.began !== playlist.began) {
		const head = await load(playlist.head);
		if (!head)
			return;
		await append(playing.buffer, head);
		playing.began = playlist.began;
		playing.last = playlist.fragments.at(-3)?.name;
	}
	const known = playlist.fragments.findIndex(({ name }) => name === playing.last);
	for (const { name, duration } of playlist.fragments.slice(known + 1)) {
		const fragment = await load(name);
		if (fragment) {
			mendLastSample(fragment, duration);
			await append(playing.buffer, fragment);
		}
		playing.last = name;
	}
}

/* Begins with enough of a lead, and never falls far behind. */
function stayLive() {
	const { buffered } = audio;
	if (buffered.length === 0)
		return;
	const end = buffered.end(buffered.length - 1);
	const lead = end - audio.currentTime;
	if (lead > LEAD_MAX_S || lead < 0)
		audio.currentTime = Math.max(buffered.start(buffered.length - 1), end - LEAD_S);
	if (audio.paused && lead >= LEAD_S)
		audio.play().catch(() => show('the browser refuses to play', false));
	byId('delay').textContent = audio.paused ? '' : `${lead.toFixed(1)} s buffered`;
}

async function forget(buffer) {
	const end = audio.currentTime - KEEP_S;
	if (end > KEEP_S && buffer.buffered.start(0) < end - KEEP_S) {
		buffer.remove(0, end);
		await settled(buffer, 'updateend');
	}
}

async function playFragments(playing) {
	playing.source = new Source();
	audio.disableRemotePlayback = true; // or iOS hands out no source
	audio.src = URL.createObjectURL(playing.source);
	await settled(playing.source, 'sourceopen');
	while (session === playing) {
		const playlist = await readPlaylist().catch(() => null);
		if (playlist) {
			await follow(playing, playlist);
			stayLive();
			await forget(playing.buffer);
		}
		if (!playlist || audio.readyState < HTMLMediaElement.HAVE_FUTURE_DATA)
			show(playlist ? 'buffering' : 'waiting for the stream', false);
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
}

/* The wave on the screen; its peak is there for a test to read. */
let analyser = null;

function listenIn() {
	if (!analyser) {
		const context = new AudioContext();
		analyser = context.createAnalyser();
		analyser.fftSize = 2048;
		context.createMediaElementSource(audio).connect(analyser);
		analyser.connect(context.destination);
		draw(byId('scope'), new Float32Array(analyser.fftSize));
	}
	analyser.context.resume();
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

function start() {
	session = {};
	button.classList.add('on');
	show('connecting', false);
	if (Source) {
		listenIn();
		playFragments(session).catch((error) => {
			stop();
			show(`cannot play: ${error.message ?? audio.error?.message}`, false);
		});
	} else {
		audio.src = `hls/${STREAM}.m3u8`;
		audio.play().catch((error) => show(`cannot play: ${error.message}`, false));
	}
}

function stop() {
	session = null;
	button.classList.remove('on');
	audio.pause();
	audio.removeAttribute('src');
	audio.load();
	byId('delay').textContent = '';
	show('press play', false);
}

audio.addEventListener('playing', () => show('live', true));
audio.addEventListener('waiting', () => show('buffering', false));
button.addEventListener('click', () => session ? stop() : start());
