/* The gateway: operations of both daemons, who asks, and what they may. */

const ANSWER_MS = 20000;
let token = null;
let store = null; /* none in a worker */
let me = { may: [] };
let ops = {};
let outputOps = {};

export class Refused extends Error {
	constructor(status, body) {
		super(body?.message ?? `HTTP ${status}`);
		this.status = status;
		this.code = body?.error;
	}
}

/* A desk's token is forgotten with its window; a board's stays (board.js). */
export function keepTokenIn(where) {
	store = where;
	token = store.getItem("token");
}
export function useToken(text) {
	token = text || null;
	if (token) store.setItem("token", token);
	else store.removeItem("token");
}
export const hasToken = () => token !== null;
export const theToken = () => token;

export function open(path, init = {}, as = token) {
	const headers = { ...init.headers };
	if (as) headers.Authorization = `Bearer ${as}`;
	return fetch(path, { ...init, headers, cache: "no-store" });
}

async function answer(response) {
	const body = await response.json().catch(() => null);
	if (!response.ok || !body?.ok) throw new Refused(response.status, body);
	return body;
}

/* What gets no connection would wait for ever: a browser has six of them for all
 * its pages. The gateway itself answers within 15 s. */
async function inTime(path, init = {}) {
	const abort = new AbortController();
	const late = setTimeout(() => abort.abort(), ANSWER_MS);
	try {
		return await answer(await open(path, { ...init, signal: abort.signal }));
	} catch (error) {
		throw abort.signal.aborted ? new Error("no_line") : error;
	} finally {
		clearTimeout(late);
	}
}

const post = (path, fields) => inTime(path, {
	method: "POST",
	headers: { "Content-Type": "application/json" },
	body: JSON.stringify(fields),
});

export const look = (path) => inTime(path);
export const ask = (op, fields = {}) => post(`/v1/${op}`, fields);
export const askOutputs = (op, fields = {}) => post(`/v1/outputs/${op}`, fields);

/* Who am I, and what is there to ask for? */
export async function getToKnow() {
	me = await inTime("/v1/whoami");
	ops = (await ask("help", { detail: true })).ops;
	outputOps = (await askOutputs("help", { detail: true }).catch(() => ({ ops: {} }))).ops;
	return me;
}

const mayDo = (op) => Boolean(op) && (op.may === "none" || me.may.includes(op.may));
export const may = (op) => mayDo(ops[op]);
export const mayOutputs = (op) => mayDo(outputOps[op]);
export const mayRight = (right) => me.may.includes(right);
/* The channels that a token is for; of one that is for all nothing. */
export const aboutMine = () => (me.channels ? { channel: me.channels } : {});

const newKey = () =>
	Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

/* Asks for what is done once, however often somebody presses until there is an
 * answer. What has got one, or is not the same any more, is another. */
export function once(op) {
	let key = null;
	let asked = null;
	return async (fields) => {
		const now = JSON.stringify(fields);
		if (now !== asked) [key, asked] = [newKey(), now];
		const reply = await ask(op, { ...fields, key });
		asked = null;
		return reply;
	};
}
