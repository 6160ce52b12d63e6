// Pictures that wait to be sent: in this browser's own database, for what localStorage keeps is text.

const NAME = "folkmoot";
const ROOM = "pictures";

export class Chest {
  #memory = new Map(); // for browsers that keep nothing
  #opened = null;

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

  async #do(way, act) {
    try {
      this.#opened ??= open();
      const room = (await this.#opened).transaction(ROOM, way).objectStore(ROOM);
      return await settled(act(room));
    } catch {
      return undefined;
    }
  }
}

function open() {
  const asked = indexedDB.open(NAME, 1);
  asked.onupgradeneeded = () => asked.result.createObjectStore(ROOM);
  return settled(asked);
}

const settled = (asked) =>
  new Promise((fine, broken) => {
    asked.onsuccess = () => fine(asked.result);
    asked.onerror = () => broken(asked.error);
  });
