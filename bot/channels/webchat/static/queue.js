// What the visitor said and we do not know yet to be safely kept: in this browser, in order, sent once.

const PATIENCE = 20_000; // milliseconds for one attempt
const PAUSES = [1, 2, 5, 10, 20, 30]; // seconds between attempts

export function openQueue({ community, proof, onChange }) {
  const place = `folkmoot.${community}.waiting`;
  let memory = []; // for browsers that keep nothing
  let failures = 0;
  let timer = 0;
  let draining = false;
  const state = { proof };

  const read = () => {
    try {
      return JSON.parse(localStorage.getItem(place)) ?? [];
    } catch {
      return memory;
    }
  };
  const write = (items) => {
    memory = items;
    try {
      if (items.length) localStorage.setItem(place, JSON.stringify(items));
      else localStorage.removeItem(place);
    } catch { /* kept in memory only */ }
  };
  const drop = (key) => write(read().filter((item) => item.key !== key));
  const replace = (item) => write(read().map((other) => (other.key === item.key ? item : other)));

  async function drain() {
    if (draining) return;
    draining = true;
    clearTimeout(timer);
    try {
      // Two windows of one browser take turns; without locks the same key still counts once.
      if (navigator.locks) await navigator.locks.request(place, sendAll);
      else await sendAll();
    } finally {
      draining = false;
    }
  }

  async function sendAll() {
    for (let item = read()[0]; item; item = read()[0]) {
      const later = await sendOne(item);
      if (later) {
        onChange(item, "waiting");
        read().slice(1).forEach((other) => onChange(other, "waiting"));
        timer = setTimeout(drain, later * 1000);
        return;
      }
      failures = 0;
    }
  }

  // Returns the seconds after which to try again, or 0 when this one is done with.
  async function sendOne(item) {
    onChange(item, "sending");
    const pause = PAUSES[Math.min(failures++, PAUSES.length - 1)];
    let answer, said;
    try {
      answer = await post(item);
      said = await answer.json();
    } catch {
      return pause;
    }
    if (answer.ok) {
      state.proof = said.proof;
      drop(item.key);
      onChange(item, "sent");
      return 0;
    }
    if (said.stale && !item.renewed) {
      const fresh = await renew();
      if (!fresh) return pause;
      replace({ ...item, proof: fresh, renewed: true });
      return 0;
    }
    if (answer.status === 429 || answer.status >= 500) return Number(answer.headers.get("Retry-After")) || pause;
    drop(item.key);
    onChange(item, "failed", said.error);
    return 0;
  }

  function post(item) {
    const { shown, renewed, next, ...fields } = item;
    return fetch(`/w/say?lang=${fields.lang}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body: JSON.stringify({ ...fields, proof: item.proof ?? state.proof }),
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  async function renew() {
    try {
      const answer = await fetch("/w/proof", { headers: { Accept: "application/json" } });
      state.proof = (await answer.json()).proof;
      return state.proof;
    } catch {
      return null;
    }
  }

  return {
    waiting: read,
    // A newcomer's proof stays with what it was first sent with: it leads to the same session again.
    add(item, known) {
      write([...read(), known ? item : { ...item, proof: state.proof }]);
      drain();
    },
    drain() {
      failures = 0;
      return drain();
    },
  };
}
