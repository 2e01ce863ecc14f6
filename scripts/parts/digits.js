"use strict";
// A kaleidoscope of digits: 24 samples, an iteration a frame.

const SIDE = 28, COLUMNS = 6, ROWS = 4, TILE = SIDE + 1; // pixels, and a line between tiles
const TURN = 20; // iterations in which noise that is kept falls to none
const REST = 15; // frames that its samples stay before they turn
const STAYS = 0.1; // t: how much of a sample goes into its next turn
const PAUSE = 66; // milliseconds from frame to frame, at least
const LIKE = 0.35; // t: how much of a drawing goes into a start with noise that is kept

const uniform = () => 2 * Math.random() - 1;
const normal = () => Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random());
const fill = (make) => Float64Array.from({ length: SIDE * SIDE }, (_, i) => make(i));
const fade = (t, picture) => fill((i) => t * picture[i] + (1 - t) * normal());

class Digits {
  constructor(canvas, said, networks) {
    [canvas.width, canvas.height] = [COLUMNS * TILE + 1, ROWS * TILE + 1];
    Object.assign(this, { canvas, said, networks, way: "kept", jitter: 0.01, running: false });
    this.drop();
  }

  // The paper's starts are uniform, those of noise that is kept normal.
  drop() {
    this.begin(Array.from({ length: COLUMNS * ROWS }, () => fill(this.way === "kept" ? normal : uniform)));
  }

  // Starts like a picture: as it is, with a little noise; or far under noise that is kept.
  dropLike(picture) {
    const start = this.way === "kept" ? () => fade(LIKE, picture) : () => fill((i) => picture[i] + 0.3 * normal());
    this.begin(Array.from({ length: COLUMNS * ROWS }, start));
  }

  begin(starts) {
    Object.assign(this, { fed: starts, shown: starts, iteration: 0, turns: 0, rest: 0 });
    this.draw();
  }

  // One iteration of all samples.
  step() {
    const returned = this.fed.map((x) => forward(this.networks[this.way], x));
    if (this.way === "kept") this.keep(returned);
    else this.fed = returned.map((y) => (this.jitter ? y.map((v) => clamp(v + this.jitter * uniform())) : y));
    this.shown = returned;
    this.iteration++;
  }

  // What is fed moves a part of the way to what was returned; at the end of a turn it is that, and turns on.
  keep(returned) {
    const left = TURN - (this.iteration % TURN);
    this.fed = this.fed.map((x, n) => x.map((v, i) => v + (returned[n][i] - v) / left));
    if (left > 1) return;
    this.fed = returned.map((y) => fade(STAYS, y));
    [this.turns, this.rest] = [this.turns + 1, REST];
  }

  run(running) {
    const idle = !this.running;
    this.running = running;
    if (running && idle) this.frame(-Infinity);
  }

  frame(before) {
    requestAnimationFrame((now) => {
      if (!this.running) return;
      if (now - before < PAUSE) return this.frame(before);
      if (this.rest > 0) this.rest--;
      else this.step();
      this.draw();
      this.frame(now);
    });
  }

  draw() {
    const brush = this.canvas.getContext("2d");
    brush.fillStyle = "#808080";
    brush.fillRect(0, 0, this.canvas.width, this.canvas.height);
    this.shown.forEach((picture, n) => {
      brush.putImageData(image(picture), 1 + (n % COLUMNS) * TILE, 1 + Math.floor(n / COLUMNS) * TILE);
    });
    const turns = this.way === "kept" ? `, turned ${this.turns} times` : "";
    this.said.textContent = this.iteration ? `${this.iteration} iterations${turns}.` : "Noise, not iterated yet.";
  }
}

const clamp = (v) => Math.min(1, Math.max(-1, v));

// A picture in [-1, 1] as pixels of a canvas.
function image(picture) {
  const pixels = new ImageData(SIDE, SIDE);
  picture.forEach((v, i) => pixels.data.set([...Array(3).fill((127.5 * (1 + clamp(v))) | 0), 255], 4 * i));
  return pixels;
}

// A black square of 28 x 28 to draw on.
class Pad {
  constructor(canvas) {
    canvas.width = canvas.height = SIDE;
    this.canvas = canvas;
    for (const name of ["pointerdown", "pointermove"]) {
      canvas.addEventListener(name, (event) => event.buttons && this.mark(event));
    }
    this.wipe();
  }

  wipe() {
    this.picture = fill(() => -1);
    this.canvas.getContext("2d").putImageData(image(this.picture), 0, 0);
  }

  mark(event) {
    const box = this.canvas.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top].map((v) => (v / box.width) * SIDE - 0.5);
    this.picture = this.picture.map((v, i) => {
      const squared = (i % SIDE - x) ** 2 + (Math.floor(i / SIDE) - y) ** 2;
      return Math.max(v, Math.min(1, 3 * Math.exp(-squared / 1.5) - 1));
    });
    this.canvas.getContext("2d").putImageData(image(this.picture), 0, 0);
  }
}

function startDigits() {
  const find = (id) => document.getElementById(id);
  const [paper, kept] = JSON.parse(find("digit-networks").textContent).map(unpack);
  const digits = new Digits(find("digits"), find("digits-say"), { paper, kept });
  const pad = new Pad(find("pad"));
  const go = (running) => {
    digits.run(running);
    find("turn").textContent = running ? "Stop" : "Turn";
  };
  find("turn").addEventListener("click", () => go(!digits.running));
  find("noise").addEventListener("click", () => digits.drop());
  find("wipe").addEventListener("click", () => pad.wipe());
  find("let-go").addEventListener("click", () => {
    digits.dropLike(pad.picture);
    go(true);
  });
  find("digits-jitter").addEventListener("input", ({ target }) => {
    find("digits-jitter-says").textContent = target.value;
    digits.jitter = Number(target.value);
  });
  for (const way of ["kept", "paper"]) {
    find(`way-${way}`).addEventListener("change", () => {
      digits.way = way;
      find("digits-jitter").disabled = way === "kept";
      digits.drop();
    });
  }
  Object.assign(window, { digits, pad });
}

startDigits();
