// News from the town: a stream of events, and where that does not get through, asking now and then.

const LOST_AFTER = 3_000; // milliseconds without a stream before we say so
const ASK_EVERY = 5_000;
const TRY_AGAIN = 15_000;

export function openStream({ seq, language, onLine, onState }) {
  let source = null;
  let lost = 0;
  let asking = 0;
  let retry = 0;

  const take = (line) => {
    seq = Math.max(seq, line.seq);
    onLine(line);
  };
  const where = (path) => `/w/${path}?after=${seq}&lang=${language}`;

  function start() {
    if (source || document.hidden) return;
    clearTimeout(retry);
    source = new EventSource(where("events"));
    lost ||= setTimeout(() => { onState("again"); asking ||= setInterval(ask, ASK_EVERY); }, LOST_AFTER);
    source.onopen = settled;
    source.addEventListener("line", (event) => take(JSON.parse(event.data)));
    source.onerror = broken;
  }

  function settled() {
    clearTimeout(lost);
    clearInterval(asking);
    lost = asking = 0;
    onState("fine");
  }

  function broken() {
    const gone = source?.readyState === EventSource.CLOSED;
    lost ||= setTimeout(() => { onState("again"); asking ||= setInterval(ask, ASK_EVERY); }, LOST_AFTER);
    if (!gone) return; // the browser tries again by itself
    source = null;
    retry = setTimeout(start, TRY_AGAIN);
  }

  function stop() {
    source?.close();
    source = null;
    clearTimeout(lost);
    clearTimeout(retry);
    clearInterval(asking);
    lost = asking = 0;
  }

  async function ask() {
    try {
      const answer = await fetch(where("lines"), { headers: { Accept: "application/json" } });
      if (answer.ok) (await answer.json()).lines.forEach(take);
    } catch { /* the next one may get through */ }
  }

  // A browser has six lines to one place for all its windows; hidden windows give theirs back.
  document.addEventListener("visibilitychange", () => (document.hidden ? stop() : start()));
  addEventListener("pagehide", stop);
  addEventListener("pageshow", start);
  return { start, restart: () => { stop(); start(); } };
}
