/* The presenter's face (streamer-supervisor/painter/layouts/presenter.svg): of
 * its groups mouth-NAME one is shown, that of the viseme which is heard. */
const REST = "sil";

export class Mouth {
	/* `place` gets the face, for itself: names in it are not those of the page. */
	constructor(place) {
		this.place = place;
		this.root = place.attachShadow({ mode: "open" });
		this.clear();
	}

	/* `box`: which part of the picture, as an SVG says it. */
	async load(url, box) {
		const answer = await fetch(url);
		const { documentElement: svg } = new DOMParser().parseFromString(await answer.text(), "image/svg+xml");
		svg.setAttribute("viewBox", box);
		for (const side of ["width", "height"]) svg.setAttribute(side, "100%");
		this.root.replaceChildren(svg);
		this.root.getElementById("eyes-closed")?.remove();
		this.draw();
	}

	clear() {
		this.coming = []; /* by their samples */
		this.shape = REST;
		this.draw();
	}

	/* `viseme` as ttsd tells it; it comes before its sample. */
	take({ id, sample, name }) {
		this.coming.push({ id, sample, name });
	}

	/* What is not said any more from that sample on. */
	cut({ id, sample }) {
		this.coming = this.coming.filter((v) => v.id !== id || v.sample < sample);
		this.coming.push({ id, sample, name: REST });
		this.coming.sort((a, b) => a.sample - b.sample); /* the next one's may be there */
	}

	/* The shape at the sample that is heard now; null: nobody knows. */
	show(sample) {
		const before = this.shape;
		if (sample === null) this.shape = REST;
		else while (this.coming.length > 0 && this.coming[0].sample <= sample) this.shape = this.coming.shift().name;
		if (this.shape !== before) this.draw();
	}

	draw() {
		this.place.dataset.shape = this.shape;
		for (const group of this.root.querySelectorAll("[id^=mouth-]"))
			group.style.display = group.id === `mouth-${this.shape}` ? "" : "none";
	}
}
