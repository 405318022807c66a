/* Listening in the page: WAV over fetch into an audio worklet (worklet.js), and
 * which sample of the channel is heard now. */
import { open, Refused } from "./api.js";

const HEAD = 44;
const ANSWER_MS = 10000;
const SILENT_MS = 3000; /* ttsd sends all the time, silence too */
const RETRY_MS = 1000;
const LATE_S = 0.4;
const FLOOR_DB = -60;

export class Sound {
	/* `events.state(text)`: "off", "starting", "on", "lost", after which it is
	 * tried again until it plays; `events.failed(error)`. */
	constructor(events) {
		this.events = events;
		this.abort = null;
		this.told = null;
		this.lost = false;
		this.played = false;
		this.volume = 0.8;
		/* A browser keeps six connections to one server: one page of it
		 * listens at a time. */
		this.others = new BroadcastChannel("listens");
		this.others.onmessage = () => {
			if (!this.on) return;
			this.stop();
			this.events.failed(new Error("listens_elsewhere"));
		};
	}

	get on() {
		return this.abort !== null;
	}

	/* The sample that is heard now, or null. */
	heard() {
		if (!this.told?.playing) return null;
		const { contextTime, performanceTime } = this.context.getOutputTimestamp();
		const now = contextTime + (performance.now() - performanceTime) / 1000;
		return this.told.sample + (now - this.told.time) * this.context.sampleRate;
	}

	/* Milliseconds from ttsd's socket to the loudspeaker, as far as is known. */
	delayMs() {
		if (!this.told?.playing) return null;
		const out = this.context.outputLatency || this.context.baseLatency || 0;
		return Math.round((this.told.ahead + out) * 1000);
	}

	/* 0 to 1, over FLOOR_DB. */
	level() {
		const peak = this.told?.playing ? this.told.peak : 0;
		const db = peak > 0 ? Math.max(FLOOR_DB, 20 * Math.log10(peak)) : FLOOR_DB;
		return { db, part: 1 - db / FLOOR_DB };
	}

	setVolume(part) {
		this.volume = part;
		if (this.gain) this.gain.gain.value = part;
	}

	async start(channel) {
		this.stop();
		const abort = (this.abort = new AbortController());
		this.events.state("starting");
		this.others.postMessage("starts");
		while (this.abort === abort) {
			const error = await this.listen(channel, abort).then(() => null, (e) => e);
			if (this.abort !== abort) return;
			if (error && !this.passes(error)) {
				this.stop();
				return this.events.failed(error);
			}
			if (error) {
				this.lose();
				await new Promise((go) => setTimeout(go, RETRY_MS));
			}
		}
	}

	/* What played once may do so again: ttsd, the gateway or the network were
	 * gone. */
	passes(error) {
		return this.played && !(error instanceof Refused && error.status < 500);
	}

	lose() {
		if (this.node) this.node.port.onmessage = null;
		this.told = null;
		if (this.lost) return;
		this.lost = true;
		this.events.state("lost");
	}

	stop() {
		this.abort?.abort();
		this.abort = null;
		this.told = null;
		this.lost = this.played = false;
		/* What it has told already is not heard any more. */
		if (this.node) this.node.port.onmessage = null;
		this.node = null;
		this.context?.close();
		this.context = null;
		this.events.state("off");
	}

	/* Until the stream ends, or has fallen behind; one that stands still has
	 * failed. */
	async listen(channel, abort) {
		const once = new AbortController();
		const leave = () => once.abort();
		let watchdog = 0;
		const within = (ms) => {
			clearTimeout(watchdog);
			watchdog = setTimeout(() => once.abort(new Error("no_line")), ms);
		};
		abort.signal.addEventListener("abort", leave);
		within(ANSWER_MS);
		try {
			const answer = await open(`/v1/listen/${channel}`, { signal: once.signal });
			if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => null));
			await this.play(answer, abort, () => within(SILENT_MS));
		} finally {
			clearTimeout(watchdog);
			abort.signal.removeEventListener("abort", leave);
			once.abort();
		}
	}

	/* `alive` is called when something came. */
	async play(answer, abort, alive) {
		const rate = Number(answer.headers.get("TTSD-Rate")) || 24000;
		const first = Number(answer.headers.get("TTSD-First-Sample"));
		const stream = answer.body.getReader();
		let data = new Uint8Array(0);
		let channels = 0;
		let frames = 0;
		let begun = 0;
		for (;;) {
			const { value, done } = await stream.read();
			if (done) return;
			data = data.length ? joined(data, value) : value;
			if (channels === 0) {
				if (data.length < HEAD) continue;
				channels = new DataView(data.buffer, data.byteOffset).getUint16(22, true);
				data = data.subarray(HEAD);
				await this.open(rate, channels, first, abort);
				begun = performance.now();
			}
			alive();
			const whole = Math.floor(data.length / (2 * channels));
			const pcm = new Int16Array(data.slice(0, whole * 2 * channels).buffer);
			data = data.subarray(whole * 2 * channels);
			frames += whole;
			this.node.port.postMessage({ pcm }, [pcm.buffer]);
			if ((performance.now() - begun) / 1000 - frames / rate > LATE_S) {
				/* ttsd has left out samples, or the line is slow. */
				return;
			}
		}
	}

	async open(rate, channels, first, abort) {
		if (!this.context || this.context.sampleRate !== rate) {
			this.context?.close();
			this.context = new AudioContext({ sampleRate: rate, latencyHint: "interactive" });
			if (!this.context.audioWorklet) throw new Error("insecure");
			await this.context.audioWorklet.addModule("/console/worklet.js");
			if (this.abort !== abort) return;
			this.gain = this.context.createGain();
			this.gain.gain.value = this.volume;
			this.gain.connect(this.context.destination);
		}
		this.node?.disconnect();
		this.node = new AudioWorkletNode(this.context, "play", {
			numberOfInputs: 0,
			outputChannelCount: [channels],
			processorOptions: { channels },
		});
		this.node.port.onmessage = ({ data }) => {
			const begins = !this.told?.playing && data.playing;
			this.told = data;
			if (!begins) return;
			this.lost = false;
			this.played = true;
			this.events.state("on");
		};
		this.node.connect(this.gain);
		this.node.port.postMessage({ first });
		await this.context.resume();
	}
}

function joined(a, b) {
	const both = new Uint8Array(a.length + b.length);
	both.set(a);
	both.set(b, a.length);
	return both;
}
