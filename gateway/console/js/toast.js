/* Short messages, and what can still be undone. */
import { $, el, put } from "./dom.js";
import { t } from "./words.js";

const STAYS_MS = 5000;
const SURE_MS = 4000;

export function toast(text, { bad = false, undo = null, ms = STAYS_MS } = {}) {
	const gone = () => node.remove();
	const node = el("div", { className: bad ? "toast bad" : "toast" }, el("span", {}, text));
	if (undo) {
		node.append(el("button", { type: "button", onclick: () => { gone(); undo(); } }, t("undo")));
	}
	$("toasts").append(node);
	while ($("toasts").children.length > 3) $("toasts").firstElementChild.remove();
	setTimeout(gone, ms);
	return gone;
}

const OURS = ["insecure", "listens_elsewhere", "no_line", "sound_lost"];

/* Why something was refused: what kind of thing it is, and in English, what
 * whoever refused it says. */
export function reasonOf({ message, code }) {
	if (OURS.includes(message)) return t(message);
	const kind = code ? t(`error_${code.replaceAll("-", "_")}`) : "";
	return [kind.startsWith("error_") ? "" : kind, message || t("no_answer")].filter(Boolean).join(" · ");
}
export const complain = (error) => toast(reasonOf(error), { bad: true, ms: 8000 });

/* Does what a button is for; it rests meanwhile. */
export async function attempt(button, fn) {
	if (button) button.disabled = true;
	try {
		return await fn();
	} catch (error) {
		complain(error);
		return null;
	} finally {
		if (button) button.disabled = false;
	}
}

/* Takes away what a button is for, when it is pressed a second time. */
export async function sure(button, fn) {
	if (button.dataset.sure === "yes") return fn();
	button.dataset.sure = "yes";
	put(button, t("really"));
	setTimeout(() => {
		button.dataset.sure = "";
		put(button, t("remove"));
	}, SURE_MS);
}
