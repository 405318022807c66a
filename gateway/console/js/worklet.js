/* Plays a stream whose sample numbers are known. It begins when enough is there
 * that a hiccup of the network is not heard, leaves out what would make it later
 * than that, and tells which sample is played when. */
const AHEAD_S = 0.08;
const MOST_S = 0.2;
const TELL_BLOCKS = 6;

class Play extends AudioWorkletProcessor {
	constructor(options) {
		super();
		const { channels } = options.processorOptions;
		this.channels = channels;
		this.size = Math.ceil(sampleRate * 4);
		this.ring = Array.from({ length: channels }, () => new Float32Array(this.size));
		this.read = 0;
		this.written = 0;
		this.first = 0;
		this.playing = false;
		this.blocks = 0;
		this.peak = 0;
		this.skips = 0;
		this.gaps = 0;
		this.port.onmessage = ({ data }) => this.take(data);
	}

	take({ pcm, first }) {
		if (first !== undefined) {
			this.first = first;
			this.read = this.written = 0;
			this.playing = false;
			return;
		}
		const frames = pcm.length / this.channels;
		for (let i = 0; i < frames; i++) {
			const at = (this.written + i) % this.size;
			for (let c = 0; c < this.channels; c++)
				this.ring[c][at] = pcm[i * this.channels + c] / 32768;
		}
		this.written += frames;
		if (this.written - this.read > MOST_S * sampleRate) {
			this.read = this.written - Math.round(AHEAD_S * sampleRate);
			this.skips++;
		}
	}

	tell() {
		this.port.postMessage({
			sample: this.first + this.read,
			time: currentTime,
			playing: this.playing,
			peak: this.peak,
			ahead: (this.written - this.read) / sampleRate,
			skips: this.skips,
			gaps: this.gaps,
		});
		this.peak = 0;
	}

	process(_, [out]) {
		const n = out[0].length;
		const have = this.written - this.read;
		if (this.blocks++ % TELL_BLOCKS === 0) this.tell();
		if (!this.playing && have >= AHEAD_S * sampleRate) this.playing = true;
		if (this.playing && have < n) {
			this.playing = false;
			this.gaps++;
		}
		if (!this.playing) return true;
		for (let i = 0; i < n; i++) {
			const at = (this.read + i) % this.size;
			out.forEach((samples, c) => {
				samples[i] = this.ring[Math.min(c, this.channels - 1)][at];
			});
			this.peak = Math.max(this.peak, Math.abs(out[0][i]));
		}
		this.read += n;
		return true;
	}
}

registerProcessor("play", Play);
