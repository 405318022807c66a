/* A line: the events of one path that one token may see, read once for all who
 * want some of them. It is made again when it is lost, from the last event that
 * each has seen. In a worker it serves all pages (lines.js), else its own. */
import { open, Refused } from "./api.js";

const ANSWER_MS = 10000;
const QUIET_MS = 35000; /* the gateway shows every 15 s that it is there */

/* Server-sent events over fetch, for EventSource sends no token. */
function parser(onEvent) {
	let rest = "";
	let one = { name: "", data: "", id: 0 };
	return (text) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop();
		for (const line of lines) {
			if (line.startsWith("event: ")) one.name = line.slice(7);
			else if (line.startsWith("data: ")) one.data += line.slice(6);
			else if (line.startsWith("id: ")) one.id = Number(line.slice(4));
			else if (line === "" && one.name) {
				onEvent(one);
				one = { name: "", data: "", id: 0 };
			}
		}
	};
}

class Line {
	constructor({ token, path }) {
		this.token = token;
		this.path = path;
		this.readers = new Set();
		this.asked = null; /* the question that is open */
		this.up = null;    /* the daemon's answer, while it tells */
		this.error = null; /* why it does not */
		this.last = 0;     /* what came last, by its number */
		this.renewed = false;
		this.abort = null;
		this.wake = null;
	}

	/* One question for all of them, no wider than it must be. */
	question() {
		const all = [...this.readers];
		const channels = new Set(all.map((r) => r.channel));
		const seen = all.map((r) => r.since).filter(Boolean);
		return {
			events: all.every((r) => r.events) ? [...new Set(all.flatMap((r) => r.events))].sort() : null,
			channel: channels.size === 1 ? all[0].channel : undefined,
			lead_ms: all[0].lead_ms,
			since: seen.length > 0 ? Math.min(...seen) : 0,
		};
	}

	/* Will what is open tell that one all it wants? */
	answers(reader) {
		const { asked } = this;
		if (!asked) return false;
		const from = this.last || asked.since;
		return (!asked.events || reader.events?.every((e) => asked.events.includes(e))) &&
			(!asked.channel || asked.channel === reader.channel) &&
			(!reader.since || (from > 0 && reader.since >= from));
	}

	join(reader) {
		this.readers.add(reader);
		if (!this.answers(reader)) this.renew();
		else if (this.up) this.welcome(reader);
		if (this.error) reader.down(this.error);
	}

	leave(reader) {
		this.readers.delete(reader);
		if (this.readers.size > 0) return true;
		this.renew();
		return false;
	}

	renew() {
		this.renewed = true;
		this.abort?.abort();
		this.wake?.();
	}

	/* Who is told already that the daemon tells hears nothing of a line that
	 * was made again for others. */
	welcome(reader) {
		if (reader.since > this.last) reader.since = 0; /* of another count */
		else reader.since ||= this.last;
		if (reader.isUp) return;
		reader.isUp = true;
		reader.up({ ...this.up, seq: this.last });
	}

	lost(error) {
		this.up = null;
		this.error = error;
		for (const reader of [...this.readers]) {
			reader.isUp = false;
			reader.down(error);
		}
	}

	take({ name, data, id }) {
		const body = JSON.parse(data);
		if (name === "absent") return this.lost(new Error(body.reason));
		if (name === "subscribed") {
			this.up = body;
			this.error = null;
			this.last = body.seq ?? 0;
			for (const reader of [...this.readers]) this.welcome(reader);
			return;
		}
		this.last = Math.max(this.last, id);
		for (const reader of [...this.readers]) {
			if (id && id <= reader.since) continue;
			reader.since = id || reader.since;
			if ((!reader.events || reader.events.includes(name)) && (!reader.channels || reader.channels.includes(body.channel)))
				reader.event(name, body);
		}
	}

	/* Until it is lost, which is an error or its end. */
	async once() {
		this.renewed = false;
		this.up = null;
		this.last = 0;
		this.asked = this.question();
		const { events, ...rest } = this.asked;
		const query = new URLSearchParams(Object.entries({ events, ...rest }).filter(([, value]) => value));
		const abort = (this.abort = new AbortController());
		let watchdog = 0;
		const within = (ms) => {
			clearTimeout(watchdog);
			watchdog = setTimeout(() => abort.abort(), ms);
		};
		try {
			within(ANSWER_MS);
			const answer = await open(`${this.path}?${query}`, { signal: abort.signal }, this.token);
			if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => null));
			const take = parser((one) => this.take(one));
			const decoder = new TextDecoder();
			for (const stream = answer.body.getReader(); ;) {
				within(QUIET_MS);
				const { value, done } = await stream.read();
				if (done) return;
				take(decoder.decode(value, { stream: true }));
			}
		} finally {
			clearTimeout(watchdog);
			abort.abort();
			this.asked = null;
		}
	}

	async run() {
		for (let tries = 0; this.readers.size > 0; tries++) {
			const begun = Date.now();
			const error = await this.once().then(() => new Error("ended"), (e) => e);
			if (this.readers.size === 0) return;
			if (!this.renewed) {
				this.lost(error);
				if (Date.now() - begun > 5000) tries = 0;
				await new Promise((go) => {
					this.wake = go;
					setTimeout(go, Math.min(250 * 2 ** tries, 5000));
				});
			}
			if (this.renewed) tries = -1;
		}
	}
}

const lines = new Map();

/* A reader says `token`, `path`, `lead_ms`, and where it wants only some of the
 * events `events`, a list, and `channel`, which may be a zone, with `channels`,
 * a list of what that is. `since`: the number of the last one it
 * has seen, which the line keeps from then on; 0: from now on. It is told by
 * `event(name, body)`, `up(reply)` when the daemon tells its events, and
 * `down(error)` when it does not. Returns what ends it. */
export function join(reader) {
	const key = JSON.stringify([reader.token, reader.path, reader.lead_ms]);
	let line = lines.get(key);
	if (!line) lines.set(key, (line = new Line(reader)));
	const first = line.readers.size === 0;
	line.join(reader);
	if (first) line.run();
	return () => {
		if (line.readers.has(reader) && !line.leave(reader)) lines.delete(key);
	};
}
