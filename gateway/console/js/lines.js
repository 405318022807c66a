/* A shared worker: the lines of all pages of a browser, which keeps no more than
 * six connections to one server. A page asks over a port; one that has gone
 * without a word, or sleeps, is left out when it does not answer. */
import { join } from "./line.js";

const BEAT_MS = 5000;
const SILENT_BEATS = 3;

addEventListener("connect", ({ ports: [port] }) => {
	let leave = null;
	let silent = 0;

	function end() {
		leave?.();
		leave = null;
		clearInterval(beat);
		port.close();
	}

	const beat = setInterval(() => {
		if (silent++ < SILENT_BEATS) return port.postMessage({ kind: "beat" });
		port.postMessage({ kind: "gone" }); /* for when it wakes up */
		end();
	}, BEAT_MS);

	function begin(reader) {
		const tell = (kind, more) => port.postMessage({ kind, since: reader.since, ...more });
		reader.event = (name, body) => tell("event", { name, body });
		reader.up = (body) => tell("up", { body });
		reader.down = ({ message, status, code }) => tell("down", { error: { message, status, code } });
		leave = join(reader);
	}

	port.onmessage = ({ data }) => {
		silent = 0;
		if (data.ask) begin(data.ask);
		else if (data.leave) end();
	};
});
