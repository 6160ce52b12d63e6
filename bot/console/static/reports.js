// The maps on pages of reports: marks for what the list says already.

import { draw } from "./map.js";

const ROOM = 28; // pixels between marks and the edge
const CLOSE = 16;

function mark(L, at) {
  return L.circleMarker(at, { radius: 10, className: "pin" });
}

// The map of a list: a mark for each report, with a link to its page.
async function list(box) {
  const [{ L, map }, answer] = await Promise.all([draw(box, { zoom: 14 }), fetch(box.dataset.pins)]);
  if (!answer.ok) return;
  const marks = L.featureGroup().addTo(map);
  for (const { id, geometry, properties } of (await answer.json()).features) {
    const at = [geometry.coordinates[1], geometry.coordinates[0]];
    mark(L, at).bindPopup(() => about(id, properties)).addTo(marks);
  }
  if (marks.getLayers().length) map.fitBounds(marks.getBounds(), { padding: [ROOM, ROOM], maxZoom: CLOSE });
}

function about(id, { service_name, label }) {
  const said = document.createElement("div");
  said.dir = "auto";
  const link = Object.assign(document.createElement("a"), { href: `/r/${id}${language()}`, textContent: `${service_name} · ${id}` });
  said.append(link, document.createElement("br"), label);
  return said;
}

function language() {
  const asked = new URLSearchParams(location.search).get("lang");
  return asked ? `?${new URLSearchParams({ lang: asked })}` : "";
}

async function one(box) {
  const { L, map } = await draw(box, { zoom: CLOSE });
  mark(L, map.getCenter()).addTo(map);
}

for (const box of document.querySelectorAll(".map")) {
  box.hidden = false;
  box.closest("[hidden]")?.removeAttribute("hidden");
  (box.dataset.pins ? list : one)(box);
}
