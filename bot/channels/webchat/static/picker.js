// Choosing a place on a small map: the mark stays in the middle, and the map moves below it.

const STEP = 40; // pixels by which an arrow key moves it
const CLOSE = 16;
const NEAR = 150; // metres within which a place has the name of another

const picker = document.getElementById("picker");
let drawn = null;

if (picker) {
  document.documentElement.classList.add("mapped");
  document.addEventListener("click", ({ target }) => target.closest("[data-pick-place]") && show());
  picker.querySelector("[data-choose]").addEventListener("click", choose);
  picker.querySelector("[data-close]").addEventListener("click", () => picker.close());
  // Escape closes the map, and not the window of another site in which the chat may stand.
  picker.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
}

async function show() {
  picker.showModal();
  const box = picker.querySelector(".map");
  drawn ??= begin(box).catch(() => {
    drawn = null;
    box.textContent = box.dataset.empty;
  });
  const there = await drawn;
  there?.map.invalidateSize();
  box.focus();
}

async function begin(box) {
  const { draw } = await import("/map/map.js");
  await Promise.all(["/map/leaflet.css", "/map/map.css"].map(dress));
  const there = await draw(box, { zoom: CLOSE, keyboardPanDelta: STEP });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  there.map.on("click", ({ latlng }) => there.map.panTo(latlng, { animate: !calm }));
  there.map.on("moveend", () => tell(there));
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target !== box) return;
    event.preventDefault();
    choose();
  });
  tell(there);
  return there;
}

function dress(href) {
  return new Promise((done) => {
    const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href });
    link.onload = link.onerror = done;
    document.head.append(link);
  });
}

// For whoever does not see the map, too: what is nearest to the mark.
function tell({ near }) {
  const line = picker.querySelector(".near");
  const found = near();
  const said = found && found.far < NEAR ? line.dataset.near.replace("{place}", found.name) : "";
  if (line.textContent !== said) line.textContent = said;
}

async function choose() {
  const there = await drawn;
  if (!there) return;
  const { lat, lng } = there.map.getCenter().wrap();
  picker.close();
  document.dispatchEvent(new CustomEvent("place", { detail: `${lat.toFixed(6)},${lng.toFixed(6)}` }));
}
