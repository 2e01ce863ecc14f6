"""An MLP, the gradient of Eq. 1 and Adam, for eight networks side by side; every address is one of bytes.

A bias is the last row of a layer's weights, and belongs to an input that is always 1. What a group of eight networks
works with stands in one row of memory: see `groups`.
"""

import numpy as np
from numba import njit

from gkn_utils.compiled.lanes import BYTES, exp, fma, load, splat, sqrt, store, where_positive

f32 = np.float32


def kept(function):
    """Compiled once on a machine; once in a process where no folder can be written to."""
    try:
        return njit(nogil=True, cache=True)(function)
    except RuntimeError:
        return njit(nogil=True)(function)


@njit(nogil=True)
def product(a, a_row, a_inner, b, b_inner, b_column, c, c_row, rows, inner, columns, add):
    """c = a b, or c += a b: matrices by their addresses and strides, in tiles of two rows and four columns."""
    for column in range(0, columns - 3, 4):
        for row in range(0, rows, 2):
            below = row + 1 < rows  # else the last row is computed twice, and stored at the same place
            left, right, to = a + row * a_row, b + column * b_column, c + row * c_row + column * BYTES
            tile(left, a_row * below, a_inner, right, b_inner, b_column, to, c_row * below, inner, add)
    for column in range(columns - columns % 4, columns):
        for row in range(0, rows, 2):
            below = row + 1 < rows
            left, right, to = a + row * a_row, b + column * b_column, c + row * c_row + column * BYTES
            strip(left, a_row * below, a_inner, right, b_inner, to, c_row * below, inner, add)


@njit(nogil=True)
def tile(a, a_row, a_inner, b, b_inner, b_column, c, c_row, inner, add):
    """Two rows and four columns of `product`."""
    s0 = s1 = s2 = s3 = t0 = t1 = t2 = t3 = splat(f32(0))
    below = c + c_row
    if add:
        s0, s1, s2, s3 = load(c), load(c + BYTES), load(c + 2 * BYTES), load(c + 3 * BYTES)
        t0, t1, t2, t3 = load(below), load(below + BYTES), load(below + 2 * BYTES), load(below + 3 * BYTES)
    for _ in range(inner):
        x, y = load(a), load(a + a_row)
        w = load(b)
        s0, t0 = fma(x, w, s0), fma(y, w, t0)
        w = load(b + b_column)
        s1, t1 = fma(x, w, s1), fma(y, w, t1)
        w = load(b + 2 * b_column)
        s2, t2 = fma(x, w, s2), fma(y, w, t2)
        w = load(b + 3 * b_column)
        s3, t3 = fma(x, w, s3), fma(y, w, t3)
        a += a_inner
        b += b_inner
    store(c, s0)
    store(c + BYTES, s1)
    store(c + 2 * BYTES, s2)
    store(c + 3 * BYTES, s3)
    store(below, t0)
    store(below + BYTES, t1)
    store(below + 2 * BYTES, t2)
    store(below + 3 * BYTES, t3)


@njit(nogil=True)
def strip(a, a_row, a_inner, b, b_inner, c, c_row, inner, add):
    """Two rows and one column of `product`."""
    s = t = splat(f32(0))
    if add:
        s, t = load(c), load(c + c_row)
    for _ in range(inner):
        w = load(b)
        s, t = fma(load(a), w, s), fma(load(a + a_row), w, t)
        a += a_inner
        b += b_inner
    store(c, s)
    store(c + c_row, t)


@njit(nogil=True)
def gate(to, of, by, rows, columns):
    """What stands at `of` where the number at `by` is positive, and 0 elsewhere; each row has room for one more."""
    for row in range(rows):
        start = row * (columns + 1) * BYTES
        for k in range(start, start + columns * BYTES, BYTES):
            store(to + k, where_positive(load(by + k), load(of + k)))


@njit(nogil=True)
def forward(sizes, weights, inputs, spare, rows):
    """The inputs of each layer from those of the first, and after the last what goes into the output."""
    for i in range(len(weights)):
        n, m = sizes[i] + 1, sizes[i + 1]
        hidden, row = i < len(weights) - 1, (m + 1) * BYTES
        to = spare if hidden else inputs[i + 1]
        product(inputs[i], n * BYTES, BYTES, weights[i], m * BYTES, BYTES, to, row, rows, n, m, False)
        if hidden:
            gate(inputs[i + 1], spare, spare, rows, m)


@njit(nogil=True)
def bounded(h, output):
    """The output of a network and its slope there; `output` is its place in `OUTPUTS`."""
    one, two = splat(f32(1)), splat(f32(2))
    if output == 0:  # sigmoid
        y = one / (one + exp(splat(f32(-1)) * h))
        return y, y * (one - y)
    if output == 1:  # tanh
        y = two / (one + exp(splat(f32(-2)) * h)) - one
        return y, one - y * y
    return h, one


@njit(nogil=True)
def errors(z, x, rows, dim, output, skip, factor):
    """The sum of the squared errors of Eq. 1; at `z`, what goes into the output, is then its derivative by that."""
    loss = splat(f32(0))
    for row in range(rows):
        for k in range(row * (dim + 1) * BYTES, (row * (dim + 1) + dim) * BYTES, BYTES):
            fed = load(x + k)
            y, slope = bounded(load(z + k) + fed if skip else load(z + k), output)
            error = y - fed
            loss = fma(error, error, loss)
            store(z + k, factor * error * slope)
    return loss


@njit(nogil=True)
def backward(sizes, weights, inputs, gradient, spare, rows, add):
    """The chain rule, from the derivative by what goes into the output to the gradient."""
    signal = inputs[-1]
    for i in range(len(weights) - 1, -1, -1):
        n, m = sizes[i] + 1, sizes[i + 1]
        to, row = gradient + weights[i] - weights[0], (m + 1) * BYTES
        product(inputs[i], BYTES, n * BYTES, signal, row, BYTES, to, m * BYTES, n, rows, m, add)
        if i > 0:
            product(signal, row, BYTES, weights[i], BYTES, m * BYTES, spare, n * BYTES, rows, m, n - 1, False)
            gate(signal, spare, inputs[i], rows, n - 1)


@njit(nogil=True)
def flushed(a):
    """`a`, but 0 for numbers so small that processors are slow with them."""
    return (a + splat(f32(1e-25))) - splat(f32(1e-25))


@njit(nogil=True)
def adam(parameters, count, step, lr):
    """One step of Adam (Kingma and Ba 2014) with its usual constants; means and gradient follow the parameters."""
    rate = splat(f32(-lr / (1 - 0.9**step)))
    root = splat(f32(1 / np.sqrt(1 - 0.999**step)))
    first, second, tiny = splat(f32(0.1)), splat(f32(0.001)), splat(f32(1e-8))
    mean, square, gradient = parameters + count, parameters + 2 * count, parameters + 3 * count
    for k in range(0, count, BYTES):
        g, m, v = load(gradient + k), load(mean + k), load(square + k)
        m, v = flushed(fma(first, g - m, m)), flushed(fma(second, g * g - v, v))
        store(mean + k, m)
        store(square + k, v)
        store(parameters + k, fma(rate, m / fma(sqrt(v), root, tiny), load(parameters + k)))


@njit(nogil=True)
def ones(sizes, inputs, block):
    """Write the input that is always 1, of each layer."""
    for i in range(len(inputs) - 1):
        for row in range(block):
            store(inputs[i] + (row * (sizes[i] + 1) + sizes[i]) * BYTES, splat(f32(1)))


@kept
def descend(state, sizes, places, block, output, skip, x, history, order, lrs, done):
    """As many steps of Adam as there are learning rates, after `done` others, for each group of eight networks.

    Args:
        state, sizes, places, block, output, skip: of `Groups`.
        x: the data, (groups or 1, points, dim, 8).
        history: the losses before each step, to be filled in, (groups, steps, 8).
        order: which of the points, (steps, points of a step).
    """
    depth, dim, count = len(sizes) - 1, sizes[0], order.shape[1]
    share, factor = splat(f32(1 / (count * dim))), splat(f32(2 / (count * dim)))
    for g in range(len(state)):
        at = np.intp(state[g].ctypes.data) + places * BYTES
        points, losses = np.intp(x[g % len(x)].ctypes.data), np.intp(history[g].ctypes.data)
        weights, inputs, spare = at[:depth], at[depth:-1], at[-1]
        size = (inputs[0] - weights[0]) // 4  # of the parameters
        ones(sizes, inputs, block)
        for step in range(len(lrs)):
            loss = splat(f32(0))
            for start in range(0, count, block):
                rows = min(block, count - start)
                for row in range(rows):
                    point = points + order[step, start + row] * dim * BYTES
                    for k in range(0, dim * BYTES, BYTES):
                        store(inputs[0] + row * (dim + 1) * BYTES + k, load(point + k))
                forward(sizes, weights, inputs, spare, rows)
                loss = loss + errors(inputs[-1], inputs[0], rows, dim, output, skip, factor)
                backward(sizes, weights, inputs, weights[0] + 3 * size, spare, rows, start > 0)
            adam(weights[0], size, done + step + 1, lrs[step])
            store(losses + step * BYTES, share * loss)


@kept
def apply(state, sizes, places, block, output, skip, x, y):
    """The networks' outputs, written to `y` (groups, points, dim, 8), at points `x` (groups or 1, points, dim, 8)."""
    depth, dim = len(sizes) - 1, sizes[0]
    for g in range(len(state)):
        at = np.intp(state[g].ctypes.data) + places * BYTES
        fed, returned = np.intp(x[g % len(x)].ctypes.data), np.intp(y[g].ctypes.data)
        weights, inputs, spare = at[:depth], at[depth:-1], at[-1]
        ones(sizes, inputs, block)
        for start in range(0, x.shape[1], block):
            rows = min(block, x.shape[1] - start)
            for row in range(rows):
                for k in range(dim):
                    store(inputs[0] + (row * (dim + 1) + k) * BYTES, load(fed + ((start + row) * dim + k) * BYTES))
            forward(sizes, weights, inputs, spare, rows)
            for row in range(rows):
                for k in range(dim):
                    h = load(inputs[-1] + (row * (dim + 1) + k) * BYTES)
                    if skip:
                        h = h + load(inputs[0] + (row * (dim + 1) + k) * BYTES)
                    store(returned + ((start + row) * dim + k) * BYTES, bounded(h, output)[0])
