// News from the town: a stream of events, and where that does not get through, asking now and then.

const LOST_AFTER = 3_000; // milliseconds without a stream before we say so
const ASK_EVERY = 5_000;
const TRY_AGAIN = 15_000;

export class Stream {
  #seq;
  #language;
  #onLine;
  #onState;
  #onDesk;
  #source = null;
  #lost = 0;
  #asking = 0;
  #retry = 0;

  constructor({ seq, language, onLine, onState, onDesk }) {
    this.#seq = seq;
    this.#language = language;
    this.#onLine = onLine;
    this.#onState = onState;
    this.#onDesk = onDesk;
    // A browser has six lines to one place for all its windows; hidden windows give theirs back.
    document.addEventListener("visibilitychange", () => (document.hidden ? this.#stop() : this.start()));
    addEventListener("pagehide", () => this.#stop());
    addEventListener("pageshow", () => this.start());
  }

  start() {
    if (this.#source || document.hidden) return;
    clearTimeout(this.#retry);
    this.#source = new EventSource(this.#where("events"));
    this.#source.onopen = () => this.#settled();
    this.#source.onerror = () => this.#broken();
    this.#source.addEventListener("line", (event) => this.#take(JSON.parse(event.data)));
    this.#source.addEventListener("desk", () => this.#onDesk());
    this.#worry();
  }

  restart() {
    this.#stop();
    this.start();
  }

  #where(path) {
    return `/w/${path}?after=${this.#seq}&lang=${this.#language}`;
  }

  #take(line) {
    this.#seq = Math.max(this.#seq, line.seq);
    this.#onLine(line);
  }

  // Say so, and ask now and then, unless the stream comes (back) soon.
  #worry() {
    this.#lost ||= setTimeout(() => {
      this.#onState("again");
      this.#ask();
      this.#asking ||= setInterval(() => this.#ask(), ASK_EVERY);
    }, LOST_AFTER);
  }

  #broken() {
    this.#worry();
    if (this.#source?.readyState !== EventSource.CLOSED) return; // the browser tries again by itself
    this.#source = null;
    this.#retry = setTimeout(() => this.start(), TRY_AGAIN);
  }

  #settled() {
    this.#rest();
    this.#onState("fine");
  }

  #stop() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#retry);
    this.#rest();
  }

  #rest() {
    clearTimeout(this.#lost);
    clearInterval(this.#asking);
    this.#lost = this.#asking = 0;
  }

  async #ask() {
    try {
      const answer = await fetch(this.#where("lines"), { headers: { Accept: "application/json" } });
      if (!answer.ok) return;
      const { lines, desk } = await answer.json();
      lines.forEach((line) => this.#take(line));
      if (desk) this.#onDesk();
    } catch { /* the next one may get through */ }
  }
}
