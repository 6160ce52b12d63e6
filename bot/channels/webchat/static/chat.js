// The page comes alive: forms are sent without leaving it, news arrive by themselves, nothing said is lost.

import { Chest } from "./chest.js";
import { Log, fade } from "./log.js";
import "./picker.js";
import { Picture } from "./picture.js";
import { Queue } from "./queue.js";
import { Stream } from "./stream.js";

const chat = document.getElementById("chat");
const field = document.getElementById("words");
const connection = document.getElementById("connection");
const words = JSON.parse(document.getElementById("script-words").textContent);
const { community, source, framed } = chat.dataset;
const language = document.documentElement.lang;
let known = Boolean(chat.dataset.known);
let stream = null;

document.documentElement.classList.add("scripted");
const log = new Log(document.getElementById("log"), document.getElementById("toast"), words);
const chest = new Chest(community);
const queue = new Queue({ community, proof: chat.dataset.proof, onChange: changed, chest, lost: words.lost });
const picture = new Picture({
  input: document.getElementById("picture"),
  box: document.getElementById("preview"),
  words,
  tell: (said) => { document.getElementById("trouble").textContent = said; },
});

function changed(item, state, why) {
  log.show(item, state, why);
  if (state !== "sent") return;
  if (actsOnRehearsed(item)) log.answered(item);
  if (item.kind === "speak") return location.assign(item.next);
  if (!known) arrive();
}

const actsOnRehearsed = (item) => !item.message && (item.kind === "press" || item.command?.startsWith("start"));

// The first thing said made us known: from here on there is a session to listen to.
async function arrive() {
  known = true;
  listen();
  const answer = await fetch("/w/proof", { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok || (await answer.json()).known) return;
  const link = Object.assign(document.createElement("a"), { href: chat.dataset.window, target: "_blank", textContent: words.ownWindow });
  connection.replaceChildren(`${words.noCookie} `, link);
}

function listen() {
  stream ??= new Stream({ seq: Number(chat.dataset.seq), language, onLine: (line) => log.put(line), onState: tell, onDesk: desk });
  stream.start();
}

// Whoever has taken up a post since the page was drawn finds the way to their desk at once.
function desk() {
  const quick = document.getElementById("quick");
  if (quick.querySelector("[value=desk]")) return;
  quick.querySelector("button").before(Object.assign(document.createElement("button"), { name: "command", value: "desk", textContent: words.desk }));
}

function tell(state) {
  const before = connection.dataset.state;
  const now = navigator.onLine ? state : "offline";
  if (before === now) return;
  connection.dataset.state = now;
  connection.textContent = { offline: words.offline, again: words.again }[now] ?? "";
}

const newKey = () => crypto.randomUUID?.() ?? [...crypto.getRandomValues(new Uint8Array(16))].map((b) => b.toString(16).padStart(2, "0")).join("");

function say(kind, value, { shown, message, key = newKey(), ...more }) {
  const item = { key, kind, [kind]: value, value, shown, community, source, lang: language, ...more };
  if (message) item.message = message;
  if (framed) item.framed = "1";
  queue.add(item, known);
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.getAttribute("action") !== "/w/say") return;
  event.preventDefault();
  const pressed = event.submitter;
  if (form.id === "composer") return sayWords();
  if (pressed?.hasAttribute("aria-busy")) return;
  const line = form.closest("[data-line]");
  const more = form.dataset.language ? { next: form.dataset.language } : {};
  say(pressed.name, pressed.value, { shown: pressed.textContent.trim(), message: line?.dataset.line, ...more });
});

async function sayWords() {
  const text = field.value.trim();
  const { chosen } = picture;
  if (!text && !chosen) return;
  field.value = "";
  picture.clear();
  field.focus();
  if (!chosen) return say("words", text, { shown: text });
  const key = newKey();
  await chest.put(key, chosen.blob);
  if (chosen.look) log.look(key, chosen.look);
  say("words", text, { shown: text, key, picture: "1", hide: chosen.hide });
}

field.addEventListener("keydown", (event) => {
  const touch = matchMedia("(pointer: coarse)").matches;
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || touch) return;
  event.preventDefault();
  field.form.requestSubmit();
});

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("nav a[hreflang]");
  if (chosen && known) {
    event.preventDefault(); // who is known tells the town, too, which language to speak
    return say("speak", chosen.hreflang, { shown: chosen.textContent, next: chosen.href });
  }
  if (!event.target.closest("[data-share-place]")) return;
  const failed = () => { connection.textContent = words.noPlace; };
  const found = ({ coords }) => say("place", `${coords.latitude.toFixed(6)},${coords.longitude.toFixed(6)}`, { shown: words.place });
  if (navigator.geolocation) navigator.geolocation.getCurrentPosition(found, failed, { timeout: 15_000, maximumAge: 60_000 });
  else failed();
});

document.addEventListener("place", ({ detail }) => say("place", detail, { shown: words.place })); // chosen on the map

document.addEventListener("keydown", (event) => {
  const languages = document.getElementById("languages");
  if (event.key !== "Escape") return;
  if (languages?.open) {
    languages.open = false;
    languages.querySelector("summary").focus();
  } else if (framed && parent !== window) {
    parent.postMessage("folkmoot:close", "*"); // says nothing but that the key was pressed
  }
});

addEventListener("offline", () => tell("offline"));
addEventListener("online", () => {
  tell("fine");
  queue.drain();
  if (known) stream.restart();
});

chest.only(queue.waiting().map(({ key }) => key));
queue.waiting().forEach((item) => log.show(item, "waiting"));
tell("fine");
if (known) listen();
if (queue.waiting().length) queue.drain();
history.scrollRestoration = "manual"; // opened again, a conversation goes on at its end
if (chat.querySelector(".line[data-line]")) scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" });
document.querySelectorAll("#toast p").forEach(fade);
