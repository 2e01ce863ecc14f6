"""Eight numbers that one instruction handles: a type for functions that Numba compiles, here of eight networks.

LLVM maps `Lanes`, eight float32, to what a processor has: one register of AVX, two of NEON, half of one of AVX-512.
Addresses are those of bytes. Every operation here rounds as IEEE 754 says, so that results are the same everywhere.
Numba looks at `kernels.py` alone to tell whether what it kept on disk still holds: touch that after a change here.
"""

import operator

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

WIDTH = 8
BYTES = 4 * WIDTH
FLOATS = ir.VectorType(ir.FloatType(), WIDTH)
INTEGERS = ir.VectorType(ir.IntType(32), WIDTH)


class LanesType(types.Type):
    """Eight float32, to Numba."""

    def __init__(self):
        super().__init__("Lanes")


lanes = LanesType()


@register_model(LanesType)
class LanesModel(models.PrimitiveModel):
    """Eight float32, to LLVM."""

    def __init__(self, manager, kind):
        super().__init__(manager, kind, FLOATS)


def _constant(number: float) -> ir.Constant:
    return ir.Constant(FLOATS, [number] * WIDTH)


def _define(function, instruction: str) -> None:
    """Give an operator of Python the meaning of an instruction of LLVM."""

    @infer_global(function)
    class Template(AbstractTemplate):
        def generic(self, args, kws):
            return signature(lanes, lanes, lanes) if args == (lanes, lanes) else None

    @lower_builtin(function, lanes, lanes)
    def lower(context, builder, sig, args):
        return getattr(builder, instruction)(*args)


_define(operator.add, "fadd")
_define(operator.sub, "fsub")
_define(operator.mul, "fmul")
_define(operator.truediv, "fdiv")


def _intrinsic(name: str, builder, args):
    kind = ir.FunctionType(FLOATS, [FLOATS] * len(args))
    return builder.call(cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{WIDTH}f32"), args)


@intrinsic
def load(typing, address):
    """The eight numbers that begin at an address."""

    def generate(context, builder, sig, args):
        return builder.load(builder.inttoptr(args[0], FLOATS.as_pointer()), align=4)

    return lanes(types.intp), generate


@intrinsic
def store(typing, address, value):
    """Write eight numbers from an address on."""

    def generate(context, builder, sig, args):
        builder.store(args[1], builder.inttoptr(args[0], FLOATS.as_pointer()), align=4)
        return context.get_dummy_value()

    return types.void(types.intp, lanes), generate


@intrinsic
def splat(typing, number):
    """The same number, eight times."""

    def generate(context, builder, sig, args):
        nothing = ir.Constant(FLOATS, ir.Undefined)
        one = builder.insert_element(nothing, args[0], ir.Constant(ir.IntType(32), 0))
        return builder.shuffle_vector(one, nothing, ir.Constant(INTEGERS, [0] * WIDTH))

    return lanes(types.float32), generate


@intrinsic
def fma(typing, a, b, c):
    """a * b + c, rounded once."""

    def generate(context, builder, sig, args):
        return _intrinsic("fma", builder, args)

    return lanes(lanes, lanes, lanes), generate


@intrinsic
def sqrt(typing, a):
    """The square root."""

    def generate(context, builder, sig, args):
        return _intrinsic("sqrt", builder, args)

    return lanes(lanes), generate


@intrinsic
def where_positive(typing, a, b):
    """`b` where `a` is above 0, or no number; else 0."""

    def generate(context, builder, sig, args):
        return builder.select(builder.fcmp_unordered(">", args[0], _constant(0)), args[1], _constant(0))

    return lanes(lanes, lanes), generate


@intrinsic
def exp(typing, a):
    """e^a for a in [-80, 80], beyond them as at the nearer one: 2^n e^r with a polynomial for e^r (Cephes, `expf`)."""

    def generate(context, builder, sig, args):
        a = args[0]
        a = builder.select(builder.fcmp_unordered("<", a, _constant(80)), a, _constant(80))
        a = builder.select(builder.fcmp_unordered(">", a, _constant(-80)), a, _constant(-80))
        n = _intrinsic("rint", builder, [builder.fmul(a, _constant(1.44269504088896341))])
        r = _intrinsic("fma", builder, [n, _constant(-0.693359375), a])
        r = _intrinsic("fma", builder, [n, _constant(2.12194440e-4), r])
        p = _constant(1.9875691500e-4)
        for number in [1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1, 1, 1]:
            p = _intrinsic("fma", builder, [p, r, _constant(number)])
        biased = builder.add(builder.fptosi(n, INTEGERS), ir.Constant(INTEGERS, [127] * WIDTH))
        power = builder.bitcast(builder.shl(biased, ir.Constant(INTEGERS, [23] * WIDTH)), FLOATS)
        return builder.fmul(p, power)

    return lanes(lanes), generate
