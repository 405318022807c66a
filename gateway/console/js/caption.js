/* What is being said, and which word is heard: each word is a piece of the text
 * with the sample at which it begins. */
import { el, languageOf } from "./dom.js";

/* Where a line may be broken within Chinese or Japanese: between words, which
 * no blanks part there. Before signs it may not. */
function breaks(letters, language) {
	const found = new Set();
	if (!language || !Intl.Segmenter) return found;
	let at = 0;
	for (const { segment, isWordLike } of new Intl.Segmenter(language, { granularity: "word" }).segment(letters.join(""))) {
		if (isWordLike && at > 0) found.add(at);
		at += Array.from(segment).length;
	}
	return found;
}

class Part {
	constructor(text, spoken) {
		this.spoken = spoken;
		this.letters = Array.from(text);
		this.at = 0; /* so many letters stand before `rest` */
		const language = languageOf(text);
		this.breaks = breaks(this.letters, language);
		this.rest = el("span", {}, ...this.pieces(0));
		this.node = el("span", { lang: language }, this.rest);
	}

	/* Letters as nodes, which may be broken where they may. */
	pieces(from, to = this.letters.length) {
		const nodes = [];
		let begun = from;
		for (let i = from; i < to; i++) {
			if (!this.breaks.has(i)) continue;
			nodes.push(this.letters.slice(begun, i).join(""), el("wbr"));
			begun = i;
		}
		return [...nodes, this.letters.slice(begun, to).join("")];
	}

	/* Cuts a word out of what is not cut yet. */
	cut(offset, length) {
		if (offset < this.at || length === 0) return null;
		const word = el("span", { className: "word" }, ...this.pieces(offset, offset + length));
		this.rest.before(...this.pieces(this.at, offset), word);
		this.at = offset + length;
		this.rest.replaceChildren(...this.pieces(this.at));
		return word;
	}
}

export class Caption {
	constructor(node) {
		this.node = node;
		this.clear();
	}

	clear() {
		this.id = null;
		this.words = [];
		this.parts = [];
		this.lit = -1;
		this.node.replaceChildren();
	}

	/* `started` as ttsd tells it. */
	begin(started) {
		this.clear();
		this.id = started.id;
		this.first = started.sample;
		const texts = started.texts ?? [{ text: started.text }];
		this.parts = texts.map((p) => new Part(p.spoken ?? p.text ?? "", p.spoken !== undefined));
		this.parts.forEach((p, i) => this.node.append(i > 0 ? " " : "", p.node));
		for (const word of started.words ?? []) this.add(word);
	}

	/* A word, in the order in which they are spoken. */
	add(word) {
		const part = this.parts[word.part ?? 0];
		if (!part || (this.words.length && word.sample <= this.words.at(-1).sample)) return;
		const offset = part.spoken ? word.spoken_offset : word.offset;
		const node = part.cut(offset ?? 0, (part.spoken ? word.spoken_length : word.length) ?? 0);
		if (node) this.words.push({ sample: word.sample, node });
	}

	/* Marks the word that is heard at that sample. Returns its index. */
	light(sample) {
		let at = this.lit;
		if (at >= 0 && this.words[at].sample > sample) at = -1;
		while (at + 1 < this.words.length && this.words[at + 1].sample <= sample) at++;
		if (at === this.lit) return at;
		this.words.forEach(({ node }, i) => {
			node.classList.toggle("said", i < at);
			node.classList.toggle("now", i === at);
		});
		this.lit = at;
		this.follow();
		return at;
	}

	/* What is longer than its place goes along with what is heard. */
	follow() {
		const { node } = this;
		if (node.scrollHeight > node.clientHeight + 1 && this.lit >= 0)
			node.scrollTop = this.words[this.lit].node.offsetTop - node.clientHeight / 2;
	}

	/* All of it has been heard. */
	end() {
		for (const { node } of this.words) {
			node.classList.remove("now");
			node.classList.add("said");
		}
		this.id = null;
	}
}
