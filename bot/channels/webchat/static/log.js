// The conversation on the page: puts lines in their place, replaces them, and never loses the focus.

const HEAD = 80; // pixels that the page's head may cover
const NEAR_END = 160;
const ANSWER_WITHIN = 5_000; // milliseconds in which what comes in is an answer, and is scrolled to
const TOAST = 8_000;

export class Log {
  #log;
  #toasts;
  #words;
  #end;
  #leaving = null; // what was pressed on rehearsed lines that have been acted on
  #looks = new Map();
  #answer = null; // the line that was pressed last: it stays in view while what follows comes in
  #expecting = 0;
  #came = null; // the first line said since something was sent: it may overtake the reply to what was sent

  constructor(log, toasts, words) {
    this.#log = log;
    this.#toasts = toasts;
    this.#words = words;
    this.#end = log.querySelector("#latest");
    // A picture takes its room only when it is there; who was at the end stays at the end.
    log.addEventListener("load", ({ target }) => atEnd(target.offsetHeight) && this.#toEnd(), true);
    log.addEventListener("error", ({ target }) => this.#missing(target), true);
    log.querySelectorAll(".picture img").forEach((image) => image.complete && !image.naturalWidth && this.#missing(image));
  }

  // A line that the town said, changed, or heard from us.
  put({ id, kind, rank, key, html }) {
    const line = fragment(html);
    if (kind === "toast") return this.#toast(line);
    const before = document.getElementById(`line-${id}`) ?? this.#keyed(key);
    if (before) this.#replace(before, line);
    else this.#add(line, kind, rank);
  }

  // A bubble, or a pressed button, for something that is still on its way.
  show(item, state, why) {
    const pressed = item.kind === "press" ? this.#pressed(item) : null;
    // What was pressed may have given way to its answer already: then there is nothing left to mark.
    const line = pressed?.closest(".line") ?? (state === "sent" ? this.#keyed(item.key) : this.#bubble(item));
    if (!line) return;
    if (state === "sending") {
      this.#answer = pressed ? line : null;
      this.#expecting = Date.now() + ANSWER_WITHIN;
      this.#came = null;
    }
    pressed?.toggleAttribute("aria-busy", state === "sending" || state === "waiting");
    if (state === "sent") line.classList.remove("unsent");
    line.querySelector(".note")?.remove();
    const text = { waiting: this.#words.waiting, failed: `${this.#words.failed}. ${why}` }[state];
    if (text) line.append(Object.assign(document.createElement("p"), { className: `note ${state}`, textContent: text }));
  }

  // What was rehearsed has been acted on; the next thing said takes its place.
  answered(item) {
    this.#leaving = { value: item.value };
    if (this.#came?.isConnected) this.#retire(this.#came);
  }

  // How a picture looks that is going to be sent.
  look(key, canvas) {
    this.#looks.set(key, Object.assign(canvas, { role: "img", ariaLabel: this.#words.picture }));
  }

  #missing(image) {
    const link = image.closest?.(".picture");
    link?.replaceWith(Object.assign(document.createElement("p"), { className: "missing", textContent: this.#words.gone }));
  }

  #keyed(key) {
    return key ? this.#log.querySelector(`[data-key="${CSS.escape(key)}"]`) : null;
  }

  #replace(before, line) {
    const focused = before.contains(document.activeElement) ? document.activeElement : null;
    before.replaceWith(line);
    const early = this.#ranked().find((other) => Number(other.dataset.rank) > Number(line.dataset.rank));
    if (early && follows(line, early)) this.#log.insertBefore(line, early); // an answer that overtook these words
    if (this.#answer === before) this.#answer = line;
    if (focused) focusOn(line, focused.value);
  }

  #add(line, kind, rank) {
    const follow = atEnd() || Date.now() < this.#expecting;
    line.classList.add("new");
    this.#insert(line, rank);
    if (kind === "said") this.#came ??= line;
    if (kind === "said" && this.#leaving) this.#retire(line);
    if (follow) this.#toEnd();
  }

  #insert(line, rank) {
    const next = this.#ranked().find((other) => Number(other.dataset.rank) > rank);
    this.#log.insertBefore(line, next ?? this.#own() ?? this.#end);
  }

  // Where news goes above: what is still to be sent, and what is rehearsed unless somebody wrote something below it.
  #own() {
    if (this.#leaving) return null;
    const mine = [...this.#log.querySelectorAll(".mine")].pop();
    const last = [...this.#log.querySelectorAll(".rehearsed, .unsent")];
    return last.find((one) => one.matches(".unsent") || !mine || !follows(mine, one));
  }

  #ranked() {
    return [...this.#log.querySelectorAll("[data-rank]")];
  }

  #retire(line) {
    const { value } = this.#leaving;
    this.#leaving = null;
    const focused = document.activeElement === document.body || document.activeElement?.closest(".rehearsed");
    this.#log.querySelectorAll(".rehearsed").forEach((old) => old.remove());
    this.#answer = line;
    if (focused) focusOn(line, value);
  }

  #toast(line) {
    const note = line.querySelector("p");
    this.#toasts.replaceChildren(note); // who taps five times need not read it five times
    fade(note);
  }

  #pressed(item) {
    const line = item.message ? document.getElementById(`line-${item.message}`) : null;
    const lines = line ? [line] : [...this.#log.querySelectorAll(".rehearsed")];
    return lines.map((one) => button(one, item.value)).find(Boolean) ?? null;
  }

  #bubble(item) {
    const there = this.#keyed(item.key);
    if (there) return there;
    const line = fragment('<div class="line mine unsent" tabindex="-1"><div class="bubble"><span class="unseen"></span><p dir="auto"></p></div></div>');
    line.dataset.key = item.key;
    line.querySelector(".unseen").textContent = `${this.#words.you}: `;
    line.querySelector("p").textContent = item.shown;
    if (item.picture) {
      const place = Object.assign(document.createElement("span"), { className: "picture" });
      place.append(this.#looks.get(item.key) ?? `🖼 ${this.#words.picture}`);
      this.#looks.delete(item.key);
      line.querySelector("p").before(place);
      if (!item.shown) line.querySelector("p").remove();
    }
    this.#log.insertBefore(line, this.#end);
    this.#answer = null;
    this.#toEnd();
    return line;
  }

  // To the end, but not past the head of the line that has just been answered.
  #toEnd() {
    const answered = this.#answer?.isConnected && Date.now() < this.#expecting;
    const head = answered ? this.#answer.getBoundingClientRect().top + scrollY - HEAD : Infinity;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    scrollTo({ top: Math.min(head, document.documentElement.scrollHeight), behavior: calm ? "auto" : "smooth" });
  }
}

export const fade = (note) => setTimeout(() => note.remove(), TOAST);

const follows = (line, other) => Boolean(other.compareDocumentPosition(line) & Node.DOCUMENT_POSITION_FOLLOWING);
const atEnd = (more = 0) => innerHeight + scrollY > document.documentElement.scrollHeight - more - NEAR_END;
const button = (line, value) => [...line.querySelectorAll("button[name=press]")].find((one) => one.value === value);

function focusOn(line, value) {
  (button(line, value) ?? line.querySelector(".chosen") ?? line).focus({ preventScroll: true });
}

function fragment(html) {
  const holder = document.createElement("template");
  holder.innerHTML = html; // drawn by our server, which escapes what people wrote
  return holder.content.firstElementChild;
}
