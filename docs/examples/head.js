// From ttsd's events of one announcement to what the talking heads of browsers
// take: arrays of words, visemes and their times, in milliseconds from the
// first sample that is heard of it (docs/PRESENTER.md).
//
// events: those of one announcement ("word", "viseme", "finished"; others are
// passed over), in any order. rate: of the channel, samples a second.
// from: the sample from which times count; else that of the first word or
// viseme.
function headArrays(events, rate, from) {
  const CAPITAL = { ih: "I", oh: "O", ou: "U" };
  const LAST_MS = 200; // of what is last, where its end is not told yet
  const of = (name) => events.filter((e) => e.event === name)
    .sort((a, b) => a.sample - b.sample);
  const words = of("word"), visemes = of("viseme");
  const finished = of("finished").pop();
  const first = Math.min(...[...words, ...visemes].map((e) => e.sample));
  const zero = from ?? (Number.isFinite(first) ? first : 0);
  const ms = (samples) => Math.round(samples * 1000 / rate);
  const pauses = visemes.filter((v) => v.name === "sil");

  // Each lasts until the next one, a word until the next pause too.
  const duration = (list, i, ends) => {
    const begin = list[i].sample;
    const later = [...list.slice(i + 1), ...ends].map((e) => e.sample)
      .filter((sample) => sample > begin);
    if (finished && finished.last_sample !== undefined)
      later.push(finished.last_sample + 1);
    return later.length ? ms(Math.min(...later) - begin) : LAST_MS;
  };
  return {
    words: words.map((w) => w.text),
    wtimes: words.map((w) => ms(w.sample - zero)),
    wdurations: words.map((_, i) => duration(words, i, pauses)),
    visemes: visemes.map((v) => CAPITAL[v.name] ?? v.name),
    vtimes: visemes.map((v) => ms(v.sample - zero)),
    vdurations: visemes.map((_, i) => duration(visemes, i, [])),
  };
}

if (typeof module !== "undefined")
  module.exports = { headArrays };
