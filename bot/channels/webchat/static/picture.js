// A picture beside the words: chosen, looked at, and hidden where somebody draws over it. It is the server that hides.

const MOST = 10 * 1024 * 1024; // bytes
const REGIONS = 20;
const CELLS = 4; // along the longer side of what is hidden, as on the server
const TAP = 12; // pixels that a finger may move and still tap
const FACE = 0.2; // of the shorter side: what one tap hides
const SEEN = 1200; // points of the preview

export class Picture {
  #input;
  #box;
  #canvas;
  #hint;
  #undo;
  #words;
  #tell;
  #image = null;
  #regions = [];
  #drawn = null; // the region that a finger is drawing

  constructor({ input, box, words, tell }) {
    this.#input = input;
    this.#box = box;
    this.#canvas = box.querySelector("canvas");
    this.#hint = box.querySelector("#hiding");
    this.#undo = box.querySelector("#undo");
    this.#words = words;
    this.#tell = tell;
    this.#hint.dataset.said = this.#hint.textContent;
    input.addEventListener("change", () => this.#choose());
    box.querySelector("#remove").addEventListener("click", () => {
      this.clear();
      input.focus();
    });
    this.#undo.addEventListener("click", () => {
      this.#regions.pop();
      this.#paint();
    });
    this.#canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    this.#canvas.addEventListener("pointermove", (event) => this.#draw(event));
    this.#canvas.addEventListener("pointerup", (event) => this.#end(event));
    this.#canvas.addEventListener("pointercancel", () => this.#drop());
    if (input.files.length) this.#choose(); // chosen before this script was there
  }

  // What is to be sent, or nothing: the file, what is hidden in it, and how it looks.
  get chosen() {
    const [blob] = this.#input.files;
    if (!blob) return null;
    const hide = this.#regions.map((region) => region.map((part) => Number(part.toFixed(4))));
    return { blob, hide: JSON.stringify(hide), look: this.#image && copy(this.#canvas) };
  }

  clear() {
    this.#input.value = "";
    this.#image?.close();
    this.#image = null;
    this.#regions = [];
    this.#drawn = null;
    this.#box.hidden = true;
    this.#tell("");
  }

  async #choose() {
    const [file] = this.#input.files;
    this.#image?.close();
    this.#image = null;
    this.#regions = [];
    this.#tell("");
    if (!file) return this.clear();
    if (file.size > MOST) {
      this.clear();
      return this.#tell(this.#words.tooLarge);
    }
    const image = await createImageBitmap(file, { resizeWidth: SEEN, resizeQuality: "medium" }).catch(() => null);
    if (this.#input.files[0] !== file) return image?.close(); // another one was chosen meanwhile
    this.#image = image;
    this.#hint.textContent = image ? this.#hint.dataset.said : this.#words.notShown;
    this.#canvas.hidden = this.#undo.hidden = !image;
    this.#box.hidden = false;
    this.#paint();
    this.#box.scrollIntoView({ block: "nearest" });
  }

  #at({ clientX, clientY }) {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return [between((clientX - left) / width), between((clientY - top) / height)];
  }

  #begin(event) {
    if (!event.isPrimary || event.button || this.#regions.length >= REGIONS) return;
    event.preventDefault();
    try { this.#canvas.setPointerCapture(event.pointerId); } catch { /* it has been lifted already */ }
    this.#drawn = [...this.#at(event), 0, 0];
  }

  #draw(event) {
    if (!this.#drawn) return;
    const [x, y] = this.#at(event);
    this.#drawn = [this.#drawn[0], this.#drawn[1], x - this.#drawn[0], y - this.#drawn[1]];
    this.#paint();
  }

  #end(event) {
    if (!this.#drawn) return;
    this.#draw(event);
    this.#regions.push(this.#wide(upright(this.#drawn)));
    this.#drop();
  }

  #drop() {
    this.#drawn = null;
    this.#paint();
  }

  // What was only tapped is as wide as a face.
  #wide([x, y, width, height]) {
    const seen = this.#canvas.getBoundingClientRect();
    if (width * seen.width > TAP || height * seen.height > TAP) return [x, y, width, height];
    const side = FACE * Math.min(seen.width, seen.height);
    const [across, down] = [side / seen.width, side / seen.height];
    const [left, top] = [between(x - across / 2), between(y - down / 2)];
    return [left, top, Math.min(across, 1 - left), Math.min(down, 1 - top)];
  }

  #paint() {
    this.#undo.disabled = !this.#regions.length;
    if (!this.#image) return;
    Object.assign(this.#canvas, { width: this.#image.width, height: this.#image.height });
    const pen = this.#canvas.getContext("2d");
    pen.drawImage(this.#image, 0, 0);
    const regions = this.#drawn ? [...this.#regions, upright(this.#drawn)] : this.#regions;
    regions.forEach((region) => hide(pen, region));
  }
}

function hide(pen, [x, y, wide, high]) {
  const { width, height } = pen.canvas;
  const box = [x * width, y * height, wide * width, high * height].map(Math.round);
  if (box[2] < 1 || box[3] < 1) return;
  const longest = Math.max(box[2], box[3]);
  const few = document.createElement("canvas");
  few.width = Math.max(1, Math.round((CELLS * box[2]) / longest));
  few.height = Math.max(1, Math.round((CELLS * box[3]) / longest));
  const brush = few.getContext("2d");
  brush.imageSmoothingQuality = "high"; // the mean of what is below it
  brush.drawImage(pen.canvas, ...box, 0, 0, few.width, few.height);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(few, ...box);
  pen.strokeStyle = "white";
  pen.lineWidth = 3;
  pen.strokeRect(...box);
}

function copy(canvas) {
  const look = document.createElement("canvas");
  Object.assign(look, { width: canvas.width, height: canvas.height });
  look.getContext("2d").drawImage(canvas, 0, 0);
  return look;
}

const between = (part) => Math.min(1, Math.max(0, part));
const upright = ([x, y, wide, high]) => [Math.min(x, x + wide), Math.min(y, y + high), Math.abs(wide), Math.abs(high)];
