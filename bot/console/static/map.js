// A small map: tiles where the operator has named a server for them, else what was loaded of a place.

const CLOSEST = 19;
const FURTHEST = 11;
const NEW_GROUND = 0.05; // degrees after which what is around is looked up again
const GAP = 4; // pixels between two names

let loading = null;

// Leaflet is fetched when the first map is shown, and not before.
function leaflet() {
  loading ??= import("./leaflet.js").then(() => window.L);
  return loading;
}

// Draw a map into an element; what it shows is said by its data. Resolves to what else can be put on it.
export async function draw(box, { zoom = 15, ...more } = {}) {
  const L = await leaflet();
  const { lat, long, tiles, attribution, ground, closer, further, empty } = box.dataset;
  const map = L.map(box, {
    center: [Number(lat), Number(long)], zoom, minZoom: FURTHEST, maxZoom: CLOSEST, zoomControl: false, attributionControl: false,
    zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, renderer: L.svg(), ...more,
  });
  L.control.zoom({ zoomInTitle: closer, zoomOutTitle: further, position: "topright" }).addTo(map);
  const grounds = new Ground(L, map, ground, empty, Boolean(tiles));
  if (tiles) {
    L.tileLayer(tiles, { maxZoom: CLOSEST, alt: "" }).addTo(map);
    L.control.attribution({ prefix: false }).addAttribution(plain(attribution)).addTo(map);
  }
  await grounds.look();
  return { L, map, near: () => grounds.nearest() };
}

// What was loaded: borders, places, and as many of their names as there is room for.
class Ground {
  constructor(L, map, address, empty, tiled) {
    Object.assign(this, { L, map, address, empty, tiled });
    this.names = [];
    this.places = [];
    this.drawn = L.layerGroup().addTo(map);
    this.labels = L.layerGroup().addTo(map);
    map.on("moveend", () => this.look());
  }

  async look() {
    const here = this.map.getCenter();
    const far = this.seen && Math.max(Math.abs(here.lat - this.seen.lat), Math.abs(here.lng - this.seen.lng));
    if (this.seen && far < NEW_GROUND) return this.label();
    this.seen = here;
    const asked = new URLSearchParams({ near: `${here.lat.toFixed(3)},${here.lng.toFixed(3)}`, lang: document.documentElement.lang });
    const answer = await fetch(`${this.address}?${asked}`).catch(() => null);
    const found = answer?.ok ? await answer.json() : { features: [] };
    this.draw(found.features);
  }

  draw(features) {
    const { L } = this;
    this.drawn.clearLayers();
    const areas = features.filter(({ properties }) => properties.what === "area");
    this.places = features.filter(({ properties }) => properties.what === "place");
    this.names = [];
    if (!this.tiled) {
      const shapes = L.geoJSON(areas, { interactive: false, style: { className: "border" } }).addTo(this.drawn);
      for (const shape of shapes.getLayers()) {
        if (shape.getBounds) this.names.push({ at: shape.getBounds().getCenter(), text: shape.feature.properties.name, kind: "area" });
      }
      for (const { geometry, properties } of this.places) {
        const at = L.latLng(geometry.coordinates[1], geometry.coordinates[0]);
        L.circleMarker(at, { radius: 3, interactive: false, className: "place" }).addTo(this.drawn);
        this.names.push({ at, text: properties.name, kind: "place" });
      }
      if (!features.length && this.empty) this.sayEmpty();
    }
    this.label();
  }

  sayEmpty() {
    const said = this.L.control({ position: "bottomleft" });
    said.onAdd = () => Object.assign(document.createElement("p"), { className: "empty", textContent: this.empty, dir: "auto" });
    if (!this.told) this.told = said.addTo(this.map);
  }

  // Names that would lie on each other are left out; coming closer shows them.
  label() {
    this.labels.clearLayers();
    const taken = [];
    const size = this.map.getSize();
    for (const { at, text, kind } of this.names) {
      const point = this.map.latLngToContainerPoint(at);
      if (point.x < 0 || point.y < 0 || point.x > size.x || point.y > size.y) continue;
      const half = text.length * 3.8;
      const room = [point.x - half - GAP, point.y - GAP, point.x + half + GAP, point.y + 18 + GAP];
      if (taken.some((other) => room[0] < other[2] && other[0] < room[2] && room[1] < other[3] && other[1] < room[3])) continue;
      taken.push(room);
      this.put(at, text, kind, half);
    }
  }

  put(at, text, kind, half) {
    const label = Object.assign(document.createElement("span"), { textContent: text, dir: "auto" });
    const icon = this.L.divIcon({ className: `name ${kind}`, html: label, iconSize: null, iconAnchor: [half, -4] });
    this.L.marker(at, { icon, interactive: false, keyboard: false }).addTo(this.labels);
  }

  // The name of what is nearest to the middle of the map.
  nearest() {
    const here = this.map.getCenter();
    let best = null;
    for (const { geometry, properties } of this.places) {
      const far = here.distanceTo([geometry.coordinates[1], geometry.coordinates[0]]);
      if (!best || far < best.far) best = { far, name: properties.name };
    }
    return best;
  }
}

function plain(text) {
  const holder = document.createElement("span");
  holder.textContent = text;
  return holder.innerHTML;
}
