// What the visitor said and we do not know yet to be safely kept: in this browser, in order, sent once.

const PATIENCE = 20_000; // milliseconds for one attempt
const LONG_PATIENCE = 150_000; // for one with a picture
const PAUSES = [1, 2, 5, 10, 20, 30]; // seconds between attempts
const JSON_ONLY = { Accept: "application/json" };

export class Queue {
  #place;
  #proof;
  #onChange;
  #chest;
  #lost;
  #memory = []; // for browsers that keep nothing
  #failures = 0;
  #timer = 0;
  #draining = false;

  // `chest` has the pictures; `lost` is what is said when one is not there any more.
  constructor({ community, proof, onChange, chest, lost }) {
    this.#place = `folkmoot.${community}.waiting`;
    this.#proof = proof;
    this.#onChange = onChange;
    this.#chest = chest;
    this.#lost = lost;
  }

  waiting() {
    try {
      return JSON.parse(localStorage.getItem(this.#place)) ?? [];
    } catch {
      return this.#memory;
    }
  }

  // A newcomer's proof stays with what it was first sent with: it leads to the same session again.
  add(item, known) {
    this.#keep([...this.waiting(), known ? item : { ...item, proof: this.#proof }]);
    this.#drain();
  }

  drain() {
    this.#failures = 0;
    return this.#drain();
  }

  #keep(items) {
    this.#memory = items;
    try {
      if (items.length) localStorage.setItem(this.#place, JSON.stringify(items));
      else localStorage.removeItem(this.#place);
    } catch { /* kept in memory only */ }
  }

  async #drain() {
    if (this.#draining) return;
    this.#draining = true;
    clearTimeout(this.#timer);
    try {
      // Two windows of one browser take turns; without locks the same key still counts once.
      if (navigator.locks) await navigator.locks.request(this.#place, () => this.#sendAll());
      else await this.#sendAll();
    } finally {
      this.#draining = false;
    }
  }

  async #sendAll() {
    for (let item = this.waiting()[0]; item; item = this.waiting()[0]) {
      const later = await this.#sendOne(item);
      if (later) {
        this.waiting().forEach((other) => this.#onChange(other, "waiting"));
        this.#timer = setTimeout(() => this.#drain(), later * 1000);
        return;
      }
      this.#failures = 0;
    }
  }

  // Returns the seconds after which to try again, or 0 when this one is done with.
  async #sendOne(item) {
    this.#onChange(item, "sending");
    const picture = item.picture ? await this.#chest.get(item.key) : null;
    if (item.picture && !picture) return this.#done(item, "failed", this.#lost);
    const pause = PAUSES[Math.min(this.#failures++, PAUSES.length - 1)];
    let answer, said;
    try {
      answer = await this.#post(item, picture);
      said = await answer.json();
    } catch {
      return pause;
    }
    if (answer.ok) {
      this.#proof = said.proof;
      return this.#done(item, "sent");
    }
    if (said.stale && !item.renewed) return (await this.#renew(item)) ? 0 : pause;
    if (answer.status === 429 || answer.status >= 500) return Number(answer.headers.get("Retry-After")) || pause;
    return this.#done(item, "failed", said.error);
  }

  #done(item, state, why) {
    this.#keep(this.waiting().filter((other) => other.key !== item.key));
    if (item.picture) this.#chest.remove(item.key);
    this.#onChange(item, state, why);
    return 0;
  }

  #post(item, picture) {
    const { shown, renewed, next, picture: pictured, ...said } = item;
    const fields = { ...said, proof: item.proof ?? this.#proof };
    return fetch(`/w/say?lang=${fields.lang}`, {
      method: "POST",
      headers: picture ? JSON_ONLY : { "Content-Type": "application/json", ...JSON_ONLY },
      body: picture ? form(fields, picture) : JSON.stringify(fields),
      signal: AbortSignal.timeout(picture ? LONG_PATIENCE : PATIENCE),
    });
  }

  async #renew(item) {
    try {
      const answer = await fetch("/w/proof", { headers: JSON_ONLY });
      this.#proof = (await answer.json()).proof;
    } catch {
      return false;
    }
    const fresh = { ...item, proof: this.#proof, renewed: true };
    this.#keep(this.waiting().map((other) => (other.key === item.key ? fresh : other)));
    return true;
  }
}

// The picture comes last: by then the server knows whose it is.
function form(fields, picture) {
  const filled = new FormData();
  Object.entries(fields).forEach(([name, value]) => filled.append(name, value));
  filled.append("picture", picture, "picture");
  return filled;
}
