/* What is being said, and which word is heard: each word is a piece of the text
 * with the sample at which it begins. */
import { el, languageOf } from "./dom.js";

class Part {
	constructor(text, spoken) {
		this.spoken = spoken;
		this.letters = Array.from(text);
		this.at = 0; /* so many letters stand before `rest` */
		this.rest = document.createTextNode(text);
		this.node = el("span", { lang: languageOf(text) }, this.rest);
	}

	/* Cuts a word out of what is not cut yet. */
	cut(offset, length) {
		if (offset < this.at || length === 0) return null;
		const word = el("span", { className: "word" }, this.letters.slice(offset, offset + length).join(""));
		this.rest.before(this.letters.slice(this.at, offset).join(""), word);
		this.at = offset + length;
		this.rest.data = this.letters.slice(this.at).join("");
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
		return at;
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
