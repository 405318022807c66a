/* Small help with the page. Texts go in as text, never as markup. */

export const $ = (id) => document.getElementById(id);

export function el(tag, props = {}, ...children) {
	const node = document.createElement(tag);
	for (const [name, value] of Object.entries(props)) {
		if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
		else if (name in node) node[name] = value;
		else node.setAttribute(name, value);
	}
	node.append(...children.filter((c) => c !== null && c !== undefined));
	return node;
}

/* Sets what differs, so that a screen reader is not told the same twice. */
export function put(node, text) {
	if (node.textContent !== String(text)) node.textContent = text;
}

/* Makes the children of `list` those of `items`, each made once for its key:
 * a node stays where it is, and so does whoever has the focus in it. */
export function draw(list, items, key, make, update) {
	const old = new Map([...list.children].map((n) => [n.dataset.key, n]));
	let at = list.firstElementChild;
	for (const item of items) {
		const k = String(key(item));
		let node = old.get(k);
		old.delete(k);
		if (!node) {
			node = make(item);
			node.dataset.key = k;
		}
		if (node === at) at = at.nextElementSibling;
		else list.insertBefore(node, at);
		update(node, item);
	}
	for (const node of old.values()) node.remove();
}

export function options(select, items, chosen = select.value) {
	const now = [...select.options].map((o) => o.value + "\n" + o.text);
	const wanted = items.map(([value, text]) => value + "\n" + text);
	if (now.join("\0") !== wanted.join("\0"))
		select.replaceChildren(...items.map(([value, text]) => el("option", { value, text })));
	select.value = items.some(([value]) => value === chosen) ? chosen : (items[0]?.[0] ?? "");
}

/* Calls `fn` once, soon, however often it is asked for meanwhile. */
export function soon(fn, ms = 60) {
	let timer = 0;
	return () => {
		timer ||= setTimeout(() => {
			timer = 0;
			fn();
		}, ms);
	};
}

/* Texts in Chinese are set in its own fonts, and broken by its rules. */
export const languageOf = (text) =>
	/[\u3040-\u30ff]/.test(text) ? "ja" : /\p{Script=Han}/u.test(text) ? "zh-CN" : "";
