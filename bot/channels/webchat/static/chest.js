// Pictures that wait to be sent: in this browser's own database, for what localStorage keeps is text.

const ROOM = "pictures";

export class Chest {
  #name;
  #memory = new Map(); // for browsers that keep nothing
  #opened = null;

  constructor(community) {
    this.#name = `folkmoot.${community}`;
  }

  async put(key, blob) {
    this.#memory.set(key, blob);
    await this.#do("readwrite", (room) => room.put(blob, key));
  }

  async get(key) {
    return this.#memory.get(key) ?? (await this.#do("readonly", (room) => room.get(key)));
  }

  async remove(key) {
    this.#memory.delete(key);
    await this.#do("readwrite", (room) => room.delete(key));
  }

  // Whatever else is there was never handed over, and goes.
  async only(keys) {
    const there = (await this.#do("readonly", (room) => room.getAllKeys())) ?? [];
    await Promise.all(there.filter((key) => !keys.includes(key)).map((key) => this.remove(key)));
  }

  async #do(way, act) {
    try {
      this.#opened ??= open(this.#name);
      const room = (await this.#opened).transaction(ROOM, way).objectStore(ROOM);
      return await settled(act(room));
    } catch {
      return undefined;
    }
  }
}

function open(name) {
  const asked = indexedDB.open(name, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(ROOM);
  return settled(asked);
}

const settled = (asked) =>
  new Promise((fine, broken) => {
    asked.onsuccess = () => fine(asked.result);
    asked.onerror = () => broken(asked.error);
  });
