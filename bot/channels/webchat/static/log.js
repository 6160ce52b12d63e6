// The conversation on the page: puts lines in their place, replaces them, and never loses the focus.

export function openLog(log, toasts, words) {
  const end = log.querySelector("#latest");
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  let leaving = null; // what was pressed on rehearsed lines that have been acted on

  const fragment = (html) => {
    const holder = document.createElement("template");
    holder.innerHTML = html; // drawn by our server, which escapes what people wrote
    return holder.content.firstElementChild;
  };
  const atEnd = () => innerHeight + scrollY > document.documentElement.scrollHeight - 160;
  let expecting = 0; // until when what comes in is an answer, and is scrolled to
  let answer = null; // the line that was pressed last: it stays in view while what follows comes in

  // To the end, but not past the head of the line that has just been answered.
  function toEnd() {
    const head = answer?.isConnected ? answer.getBoundingClientRect().top + scrollY - 80 : Infinity;
    scrollTo({ top: Math.min(head, document.documentElement.scrollHeight), behavior: calm.matches ? "auto" : "smooth" });
  }
  const button = (line, value) => [...line.querySelectorAll("button[name=press]")].find((one) => one.value === value);

  function focusOn(line, value) {
    (button(line, value) ?? line.querySelector(".chosen") ?? line).focus({ preventScroll: true });
  }

  function put({ id, kind, rank, key, html }) {
    const line = fragment(html);
    if (kind === "toast") return toast(line);
    const before = document.getElementById(`line-${id}`) ?? (key && log.querySelector(`[data-key="${CSS.escape(key)}"]`));
    if (before) {
      const focused = before.contains(document.activeElement) ? document.activeElement : null;
      before.replaceWith(line);
      if (answer === before) answer = line;
      if (focused) focusOn(line, focused.value);
    } else {
      const follow = atEnd() || Date.now() < expecting;
      line.classList.add("new");
      insert(line, rank);
      if (kind === "said") retire(line);
      if (follow) toEnd();
    }
  }

  function insert(line, rank) {
    const lines = [...log.querySelectorAll("[data-rank]")];
    const next = lines.find((other) => Number(other.dataset.rank) > rank);
    const own = log.querySelector(".rehearsed, .unsent");
    log.insertBefore(line, next ?? (own && !leaving ? own : end));
  }

  // The answer to a press on a rehearsed line takes that line's place.
  function retire(line) {
    if (!leaving) return;
    const { value } = leaving;
    leaving = null;
    const focused = document.activeElement === document.body || document.activeElement?.closest(".rehearsed");
    log.querySelectorAll(".rehearsed").forEach((old) => old.remove());
    answer = line;
    if (focused) focusOn(line, value);
  }

  function toast(line) {
    const note = line.querySelector("p");
    toasts.append(note);
    setTimeout(() => note.remove(), 8000);
  }

  // A bubble, or a pressed button, for something that is still on its way.
  function show(item, state, why) {
    const host = item.kind === "press" ? pressed(item) : null;
    if (state === "sending") {
      answer = host?.closest(".line") ?? null;
      expecting = Date.now() + 5000;
    }
    const line = host?.closest(".line") ?? bubble(item);
    const note = line.querySelector(".note") ?? line.appendChild(Object.assign(document.createElement("p"), { className: "note" }));
    host?.toggleAttribute("aria-busy", state === "sending" || state === "waiting");
    note.classList.toggle("bad", state === "failed");
    note.textContent = { waiting: words.waiting, sending: "", failed: `${words.failed}. ${why}` }[state] ?? "";
    if (!note.textContent) note.remove();
    if (state === "sent") line.classList.remove("unsent");
  }

  function pressed(item) {
    const line = item.message ? document.getElementById(`line-${item.message}`) : null;
    const lines = line ? [line] : [...log.querySelectorAll(".rehearsed")];
    return lines.map((one) => button(one, item.value)).find(Boolean) ?? null;
  }

  function bubble(item) {
    const there = log.querySelector(`[data-key="${CSS.escape(item.key)}"]`);
    if (there) return there;
    const line = fragment('<div class="line mine unsent" tabindex="-1"><div class="bubble"><span class="unseen"></span><p dir="auto"></p></div></div>');
    line.dataset.key = item.key;
    line.querySelector(".unseen").textContent = `${words.you}: `;
    line.querySelector("p").textContent = item.shown;
    log.insertBefore(line, end);
    toEnd();
    return line;
  }

  return {
    put,
    show,
    answered: (item) => { leaving = { value: item.value }; },
  };
}
