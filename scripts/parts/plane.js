"use strict";
// A kaleidoscope in the plane.

const LOW = -0.25, HIGH = 1.25; // of the square that is drawn
const COLORS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7"]; // of the four training points
const STEPS = 300, STILL = 1e-4; // B, and a step that counts as none
const POINTS = [[0.2, 0.2], [0.2, 0.8], [0.8, 0.2], [0.8, 0.8]];

// Eq. 3: what is fed has noise within the jitter, clamped to the range; Eq. 2 where that is 0, or at a start.
function step(network, [x, y], jitter) {
  const noisy = (v) => (jitter ? Math.min(1, Math.max(0, v + jitter * (2 * Math.random() - 1))) : v);
  return Array.from(forward(network, [noisy(x), noisy(y)]));
}

const distance = ([a, b], [c, d]) => Math.hypot(a - c, b - d);

// The training point that a state lies at, or -1.
const landedOn = (state) => POINTS.findIndex((point) => distance(point, state) <= 0.01 * Math.SQRT2);

function settle(network, start) {
  let state = start;
  for (let i = 0; i < STEPS; i++) {
    const next = step(network, state, 0);
    if (distance(next, state) < STILL) return next;
    state = next;
  }
  return state;
}

class Kaleidoscope {
  constructor(canvas, said, networks) {
    this.canvas = canvas;
    this.said = said;
    this.networks = networks;
    this.samples = [];
    this.jitter = 0;
    this.running = false;
    this.use(0);
  }

  use(index) {
    this.network = this.networks[index];
    this.clear();
    this.paintBasins();
  }

  clear() {
    this.samples = [];
    this.say();
    this.draw();
  }

  // Starts: the first where it was clicked, the others around it.
  drop(x, y, count = 12, spread = 0.06) {
    const near = () => spread * (2 * Math.random() - 1);
    for (let i = 0; i < count; i++) {
      this.samples.push({ trail: [i ? [x + near(), y + near()] : [x, y]], settled: false });
    }
    this.begin();
  }

  begin() {
    if (this.running) return;
    this.running = true;
    this.turn();
  }

  // One iteration of all samples that still move, shown over a third of a second, later ones faster.
  turn() {
    for (const sample of this.samples) {
      const { trail } = sample;
      if (sample.settled) continue;
      const last = trail[trail.length - 1];
      trail.push(step(this.network, last, trail.length > 1 ? this.jitter : 0));
      sample.settled = trail.length > STEPS || (!this.jitter && distance(trail[trail.length - 1], last) < STILL);
    }
    this.say();
    const longest = Math.max(...this.samples.filter(({ settled }) => !settled).map(({ trail }) => trail.length), 0);
    const began = performance.now(), time = Math.max(50, 350 - 20 * longest);
    const show = (now) => {
      const share = Math.min(1, (now - began) / time);
      this.draw(share);
      if (share < 1) return requestAnimationFrame(show);
      this.running = this.samples.some((sample) => !sample.settled);
      if (this.running) this.turn();
    };
    requestAnimationFrame(show);
  }

  say() {
    const total = this.samples.length;
    const done = this.samples.filter((sample) => sample.settled);
    const there = done.filter(({ trail }) => landedOn(trail[trail.length - 1]) >= 0).length;
    const longest = Math.max(0, ...this.samples.map(({ trail }) => trail.length - 1));
    this.said.textContent = total
      ? `${done.length} of ${total} samples have settled, ${there} at a training point; ${longest} iterations.`
      : "Click or tap the square to drop noise.";
  }

  // Colours each start by where it ends, a row at a time, so that the page stays alive; grey is not known yet.
  paintBasins(cells = 96) {
    const network = this.network;
    this.basins = document.createElement("canvas");
    this.basins.width = this.basins.height = cells;
    const brush = this.basins.getContext("2d");
    brush.fillStyle = "#e6e6ea";
    brush.fillRect(0, 0, cells, cells);
    const paintFrom = (row) => {
      const until = performance.now() + 12;
      for (; row < cells && performance.now() < until; row++) {
        for (let column = 0; column < cells; column++) {
          const [x, y] = [column, cells - 1 - row].map((i) => LOW + ((HIGH - LOW) * (i + 0.5)) / cells);
          const index = landedOn(settle(network, [x, y]));
          brush.fillStyle = index < 0 ? "#ffffff" : COLORS[index] + "40";
          brush.fillRect(column, row, 1, 1);
        }
      }
      if (network !== this.network) return;
      if (!this.running) this.draw();
      if (row < cells) requestAnimationFrame(() => paintFrom(row));
    };
    paintFrom(0);
  }

  draw(share = 1) {
    const side = Math.round(this.canvas.clientWidth * devicePixelRatio);
    if (this.canvas.width !== side) this.canvas.width = this.canvas.height = side;
    const brush = this.canvas.getContext("2d");
    const place = ([x, y]) => [x - LOW, HIGH - y].map((v) => (v / (HIGH - LOW)) * side);
    brush.clearRect(0, 0, side, side);
    brush.imageSmoothingEnabled = false;
    if (this.basins) brush.drawImage(this.basins, 0, 0, side, side);
    const [left, top] = place([0, 1]);
    brush.strokeStyle = "#00000030";
    brush.strokeRect(left, top, side / (HIGH - LOW), side / (HIGH - LOW));
    POINTS.forEach((point, i) => this.dot(brush, place(point), 7 * devicePixelRatio, COLORS[i]));
    for (const { trail, settled } of this.samples) {
      const way = trail.slice(-9);
      if (!settled && way.length > 1) way[way.length - 1] = between(way[way.length - 2], way[way.length - 1], share);
      brush.strokeStyle = "#00000066";
      brush.beginPath();
      way.map(place).forEach(([x, y]) => brush.lineTo(x, y));
      brush.stroke();
      this.dot(brush, place(way[way.length - 1]), 3.5 * devicePixelRatio, "#111111");
    }
  }

  dot(brush, [x, y], radius, color) {
    brush.beginPath();
    brush.arc(x, y, radius, 0, 2 * Math.PI);
    brush.fillStyle = color;
    brush.fill();
    brush.strokeStyle = "#ffffff";
    brush.stroke();
  }
}

function between([a, b], [c, d], share) {
  const eased = share * share * (3 - 2 * share);
  return [a + (c - a) * eased, b + (d - b) * eased];
}

function startPlane() {
  const find = (id) => document.getElementById(id);
  const networks = JSON.parse(find("planes").textContent).map(unpack);
  const canvas = find("plane");
  const kaleidoscope = new Kaleidoscope(canvas, find("said"), networks);
  canvas.addEventListener("click", (event) => {
    const box = canvas.getBoundingClientRect();
    const x = LOW + ((HIGH - LOW) * (event.clientX - box.left)) / box.width;
    const y = HIGH - ((HIGH - LOW) * (event.clientY - box.top)) / box.height;
    kaleidoscope.drop(x, y);
  });
  find("depth").addEventListener("input", ({ target }) => {
    find("depth-says").textContent = `L=${networks[target.value].depth}`;
    kaleidoscope.use(Number(target.value));
  });
  find("jitter").addEventListener("input", ({ target }) => {
    find("jitter-says").textContent = target.value;
    kaleidoscope.jitter = Number(target.value);
    for (const sample of kaleidoscope.samples) sample.settled = false;
    if (kaleidoscope.samples.length) kaleidoscope.begin();
  });
  find("rain").addEventListener("click", () => {
    const anywhere = () => LOW + (HIGH - LOW) * Math.random();
    for (let i = 0; i < 100; i++) kaleidoscope.drop(anywhere(), anywhere(), 1);
  });
  find("clear").addEventListener("click", () => kaleidoscope.clear());
  addEventListener("resize", () => kaleidoscope.draw());
  window.kaleidoscope = kaleidoscope;
}

startPlane();
