/* Where something can be said: on a channel, in a zone, everywhere. */
import { ask } from "./api.js";
import { t } from "./words.js";

const EVERYWHERE = "*"; /* nothing has that name */
let all = []; /* names of channels */
let zones = [];

export async function load() {
	const reply = await ask("channels");
	all = reply.channels.map((c) => c.name);
	zones = reply.zones;
}

export const channels = () => all;
/* What there is to choose beside these channels. */
export const beside = (names) => [...names.map((name) => [name, name]), ...zones.map((z) => [z.name, z.name]),
	...(all.length > 1 ? [[EVERYWHERE, t("everywhere")]] : [])];
/* What a request names for what was chosen; and the channels of that. */
export const named = (chosen) => (chosen === EVERYWHERE ? all : chosen);
export const channelsOf = (chosen) => zones.find((z) => z.name === chosen)?.channels ?? [named(chosen)].flat();
/* The choice that means these names; null: there is none. */
export const choiceOf = (names) => (names.length === 1 ? names[0]
	: names.length === all.length && names.every((n) => all.includes(n)) ? EVERYWHERE : null);
