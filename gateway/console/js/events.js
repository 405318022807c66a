/* Server-sent events over fetch, for EventSource sends no token. The line is
 * made again when it is lost, from the last event that was seen. */
import { open, Refused } from "./api.js";

const QUIET_MS = 35000; /* the gateway shows every 15 s that it is there */

function reader(onEvent) {
	let rest = "";
	let one = { name: "", data: "", id: "" };
	return (text) => {
		const lines = (rest + text).split("\n");
		rest = lines.pop();
		for (const line of lines) {
			if (line.startsWith("event: ")) one.name = line.slice(7);
			else if (line.startsWith("data: ")) one.data += line.slice(6);
			else if (line.startsWith("id: ")) one.id = line.slice(4);
			else if (line === "" && one.name) {
				onEvent(one);
				one = { name: "", data: "", id: "" };
			}
		}
	};
}

/* `handler.event(name, data)`, `handler.up(reply)` when the daemon tells its
 * events, `handler.down(error)` when it does not. Returns what ends it. */
export function listenTo(path, query, handler, since = 0) {
	let last = since;
	let over = false;
	let abort = null;

	async function once() {
		const asked = new URLSearchParams(query);
		if (last) asked.set("since", last);
		abort = new AbortController();
		let watchdog = 0;
		const alive = () => {
			clearTimeout(watchdog);
			watchdog = setTimeout(() => abort.abort(), QUIET_MS);
		};
		try {
			alive();
			const answer = await open(`${path}?${asked}`, { signal: abort.signal });
			if (!answer.ok) throw new Refused(answer.status, await answer.json().catch(() => null));
			const take = reader(({ name, data, id }) => {
				if (id) last = id;
				const body = JSON.parse(data);
				if (name === "subscribed") {
					last ||= body.seq ?? 0; /* nothing is asked for again */
					handler.up?.(body);
				} else if (name === "absent") handler.down?.(new Error(body.reason));
				else handler.event(name, body);
			});
			const decoder = new TextDecoder();
			for (const stream = answer.body.getReader(); ;) {
				const { value, done } = await stream.read();
				if (done) return;
				alive();
				take(decoder.decode(value, { stream: true }));
			}
		} finally {
			clearTimeout(watchdog);
		}
	}

	(async () => {
		for (let tries = 0; !over; tries++) {
			const begun = Date.now();
			const error = await once().then(() => null, (e) => e);
			if (over) return;
			handler.down?.(error);
			if (Date.now() - begun > 5000) tries = 0;
			await new Promise((go) => setTimeout(go, Math.min(250 * 2 ** tries, 5000)));
		}
	})();
	return () => {
		over = true;
		abort?.abort();
	};
}
