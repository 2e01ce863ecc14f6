"use strict";
// Trained networks of gkn_utils/networks/, evaluated here.

const SIGMOID = (v) => 1 / (1 + Math.exp(-v));

// Numbers out of base64.
function decode(text, Numbers) {
  return new Numbers(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)).buffer);
}

// A network as scripts/page_networks.py packs it: weights (in, out) and biases of each layer. Where a layer has steps,
// its weights are whole numbers of them, a step for each unit that they lead to.
function unpack({ depth, width, output, layers, ...rest }) {
  const unpacked = layers.map(({ weight, steps, bias }) => {
    if (!steps) return { weight: decode(weight, Float32Array), bias: decode(bias, Float32Array) };
    const size = decode(steps, Float32Array);
    const numbers = Float32Array.from(decode(weight, Int8Array), (v, i) => v * size[i % size.length]);
    return { weight: numbers, bias: decode(bias, Float32Array) };
  });
  return { depth, width, bound: output === "tanh" ? Math.tanh : SIGMOID, layers: unpacked, ...rest };
}

// f_N of section 2: ReLU layers under a bounded output.
function forward({ layers, bound }, x) {
  layers.forEach(({ weight, bias }, layer) => {
    const y = Float64Array.from(bias);
    for (let i = 0; i < x.length; i++) {
      const value = x[i], row = i * y.length;
      if (value !== 0) for (let j = 0; j < y.length; j++) y[j] += value * weight[row + j];
    }
    x = y.map(layer < layers.length - 1 ? (v) => Math.max(v, 0) : bound);
  });
  return x;
}
