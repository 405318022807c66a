/* The events for a page: from the worker that has them for all pages (lines.js),
 * or, in a browser that has no such workers, over a line of its own. */
import { Refused, theToken } from "./api.js";
import { join } from "./line.js";

const SILENT_MS = 25000; /* the worker shows every 5 s that it is there */

/* What was an error in the worker. */
const errorOf = ({ message, status, code }) =>
	status ? new Refused(status, { message, error: code }) : new Error(message);

class Shared {
	constructor(reader) {
		this.reader = reader;
		this.hide = () => this.leave();
		this.show = ({ persisted }) => persisted && this.ask();
		addEventListener("pagehide", this.hide);
		addEventListener("pageshow", this.show);
		this.ask();
	}

	ask() {
		this.leave();
		const { token, path, lead_ms, events, channel, channels, since } = this.reader;
		/* Another name where what is said over the port has changed. */
		const worker = new SharedWorker("/console/lines.js", { type: "module", name: "lines-2" });
		worker.onerror = () => this.port && this.alone();
		this.port = worker.port;
		this.port.onmessage = ({ data }) => this.take(data);
		this.port.postMessage({ ask: { token, path, lead_ms, events, channel, channels, since } });
		this.alive();
	}

	/* Asks anew where nothing is heard of the worker, and says so. */
	alive() {
		clearTimeout(this.watchdog);
		this.watchdog = setTimeout(() => {
			this.reader.down(new Error("silent"));
			this.ask();
		}, SILENT_MS);
	}

	take({ kind, since, name, body, error }) {
		if (!this.port) return;
		this.alive();
		if (kind === "gone") return this.ask();
		if (kind === "beat") return this.port.postMessage({});
		this.reader.since = since;
		if (kind === "event") this.reader.event(name, body);
		else if (kind === "up") this.reader.up(body);
		else this.reader.down(errorOf(error));
	}

	leave() {
		clearTimeout(this.watchdog);
		this.port?.postMessage({ leave: true });
		this.port?.close();
		this.port = null;
	}

	/* The worker cannot be had. */
	alone() {
		this.end();
		this.end = join(this.reader);
	}

	end() {
		this.leave();
		removeEventListener("pagehide", this.hide);
		removeEventListener("pageshow", this.show);
	}
}

/* `handler.event(name, data)`, `handler.up(reply)` when the daemon tells its
 * events, `handler.down(error)` when it does not. `query`: `events`, a list, and
 * `channel` with `channels` (line.js), where not all are wanted, and `lead_ms`;
 * `since`: the number of the last event that was seen. Returns what ends it; its `settled` is a promise of
 * the first `up` or `down`. */
export function listenTo(path, query, handler, since = 0) {
	let settle;
	const settled = new Promise((go) => { settle = go; });
	const reader = {
		path, ...query, token: theToken(), since,
		event: (name, body) => handler.event(name, body),
		up(body) {
			settle();
			handler.up?.(body);
		},
		down(error) {
			settle();
			handler.down?.(error);
		},
	};
	let end;
	if (globalThis.SharedWorker) {
		const shared = new Shared(reader);
		end = () => shared.end();
	} else end = join(reader);
	return Object.assign(() => {
		settle();
		end();
	}, { settled });
}
