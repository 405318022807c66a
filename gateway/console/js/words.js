/* The page in the language of its user: a file of words for each. */

const LANGUAGES = ["en", "zh", "de"];
const TAGS = { en: "en", zh: "zh-CN", de: "de" };
let words = {};
let chosen = "en";
const listeners = [];

export const t = (key, fields = {}) =>
	(words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => fields[name] ?? "");
export const tag = () => TAGS[chosen];
export const onWords = (fn) => listeners.push(fn);

function translate(root) {
	for (const node of root.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
	for (const node of root.querySelectorAll("[data-t-label]")) {
		node.setAttribute("aria-label", t(node.dataset.tLabel));
		if (node.matches("button")) node.title = t(node.dataset.tLabel);
	}
	for (const node of root.querySelectorAll("[data-t-title]")) node.title = t(node.dataset.tTitle);
	for (const node of root.querySelectorAll("[data-t-placeholder]"))
		node.placeholder = t(node.dataset.tPlaceholder);
}

export function preferred() {
	const asked = new URLSearchParams(location.search).get("lang");
	const wanted = [asked, localStorage.getItem("language"), ...navigator.languages];
	for (const one of wanted) {
		const short = one?.slice(0, 2);
		if (LANGUAGES.includes(short)) return short;
	}
	return "en";
}

/* `more`: where the words lie that a page has beside these, without the end of
 * their names. */
export async function speakIn(language, ...more) {
	const files = ["/console/words", ...more].map((name) => `${name}.${language}.json`);
	words = Object.assign({}, ...await Promise.all(files.map(async (f) => (await fetch(f)).json())));
	chosen = language;
	document.documentElement.lang = TAGS[language];
	translate(document);
	for (const fn of listeners) fn();
}

export const time = (ms) =>
	new Date(ms).toLocaleTimeString(tag(), { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
export function day(ms) {
	const date = new Date(ms);
	const text = date.toLocaleDateString(tag(), { month: "short", day: "numeric" });
	return date.toDateString() === new Date().toDateString() ? time(ms) : `${text}, ${time(ms)}`;
}
