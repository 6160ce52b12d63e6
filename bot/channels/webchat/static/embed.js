// For a community's own site: one button that opens the chat in a dialog. Words come from the server.

(() => {
  const script = document.currentScript;
  const told = {/* words */};
  const site = new URL(script.src).origin;
  const wanted = [script.dataset.language, document.documentElement.lang, ...navigator.languages, "en"];
  const code = wanted.map((tag) => (tag ?? "").split("-")[0].toLowerCase()).find((tag) => Object.hasOwn(told, tag));
  const words = told[code];

  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  const looks = new CSSStyleSheet(); // allowed even where a page forbids inline styles
  looks.replaceSync(`
    :host { all: initial; }
    * { box-sizing: border-box; font: 600 17px/1.4 system-ui, "Noto Sans", "Noto Nastaliq Urdu", sans-serif; }
    .open { position: fixed; z-index: 2147483000; inset-block-end: 16px; inset-inline-end: 16px; min-height: 52px; padding: 10px 22px;
      border: 2px solid #fff; border-radius: 30px; background: #17615a; color: #fff; cursor: pointer; box-shadow: 0 4px 18px rgb(0 0 0 / .3); }
    button:focus-visible { outline: 3px solid #f0b429; outline-offset: 2px; }
    dialog { inset: auto 16px 16px auto; width: min(430px, 100vw - 32px); height: min(720px, 100dvh - 32px); max-width: none; max-height: none;
      padding: 0; border: 0; border-radius: 18px; overflow: hidden; background: #f7f3ea; box-shadow: 0 10px 50px rgb(0 0 0 / .4); }
    dialog[dir=rtl] { inset: auto auto 16px 16px; }
    dialog[open] { display: grid; grid-template-rows: auto 1fr; }
    dialog::backdrop { background: rgb(0 0 0 / .35); }
    .bar { display: flex; align-items: center; justify-content: space-between; padding: 4px 8px 4px 16px; background: #17615a; color: #fff; }
    .close { min-height: 44px; padding: 0 14px; border: 0; border-radius: 12px; background: none; color: inherit; cursor: pointer; }
    .close:focus-visible { outline-offset: -4px; }
    iframe { width: 100%; height: 100%; border: 0; }
    @media (max-width: 480px) { dialog, dialog[dir=rtl] { inset: 0; width: 100vw; height: 100dvh; border-radius: 0; } }
  `);
  root.adoptedStyleSheets = [looks];

  const make = (name, more, ...inside) => {
    const made = Object.assign(document.createElement(name), more);
    made.append(...inside);
    return made;
  };
  const open = make("button", { type: "button", className: "open", lang: code, dir: words.dir }, words.open);
  const close = make("button", { type: "button", className: "close" }, words.close);
  const bar = make("div", { className: "bar" }, make("span", { id: "title" }, words.title), close);
  const dialog = make("dialog", { lang: code, dir: words.dir }, bar);
  dialog.setAttribute("aria-labelledby", "title");
  open.setAttribute("aria-haspopup", "dialog");
  let frame = null;

  open.addEventListener("click", () => {
    if (!frame) {
      const there = new URL(`/w/${script.dataset.community}`, site);
      there.search = new URLSearchParams({ framed: "1", lang: code });
      frame = make("iframe", { src: there.href, title: words.title, allow: "geolocation" });
      dialog.append(frame);
    }
    dialog.showModal(); // keeps the focus inside, closes on Escape, and gives the focus back
  });
  close.addEventListener("click", () => dialog.close());
  addEventListener("message", (event) => {
    // Escape pressed inside the frame does not reach this page by itself.
    if (event.origin === site && event.source === frame?.contentWindow && event.data === "folkmoot:close") dialog.close();
  });

  root.append(open, dialog);
  const settle = () => document.body.append(host);
  if (document.body) settle();
  else addEventListener("DOMContentLoaded", settle);
})();
