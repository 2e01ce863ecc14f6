"""Arguments of public functions are taken, or refused in clear words, by the annotations of their parameters."""

import inspect
import math
import operator
import reprlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from functools import wraps
from numbers import Real
from types import NoneType, UnionType
from typing import get_args, get_origin, get_type_hints

import numpy as np

WORDS = {int: "an integer", float: "a number", bool: "True or False", NoneType: "None"}


def checked(function: Callable) -> Callable:
    """`function`, for arguments as its annotations say; it raises `ValueError`, with what was got, for any other.

    Integers and other numbers may be NumPy's, or arrays and tensors of no axis, and become Python's; neither a boolean
    nor NaN is a number. A sequence becomes a list. Where an `MLP` is needed, one that torch.compile has wrapped is
    unwrapped; a `Network` is whatever has its attributes and can be called.
    """
    signature, kinds = inspect.signature(function), get_type_hints(function)
    kinds = {name: kinds[name] for name, p in signature.parameters.items() if name in kinds and p.kind != p.VAR_KEYWORD}

    @wraps(function)
    def call(*values, **options):
        arguments = signature.bind(*values, **options)
        for name in filter(kinds.get, list(arguments.arguments)):
            arguments.arguments[name] = taken(name, arguments.arguments[name], kinds[name])
        return function(*arguments.args, **arguments.kwargs)

    return call


def taken(name: str, value, kind):
    """`value` as an annotation says, which may leave a choice; else `ValueError`."""
    for one in get_args(kind) if isinstance(kind, UnionType) else [kind]:
        with suppress(TypeError, ValueError):
            return _as(value, one, name)
    words = reprlib.repr(value)
    got = type(value).__name__ if "\n" in words else words
    raise ValueError(f"{name}: got {got}, needed {_words(kind)}")


def _as(value, kind, name: str):
    origin, parts = get_origin(kind), get_args(kind)
    if kind in (int, float, bool):
        return _plain(value, kind)
    if origin is tuple:
        return tuple(_as(one, part, name) for one, part in zip(value, parts, strict=True))
    if origin is Sequence:
        return [_as(one, parts[0], name) for one in (value if not isinstance(value, str) else [value])]
    if origin is Iterable:
        return _alike(iter(value), parts[0], name)
    if getattr(kind, "_is_protocol", False):
        fits = callable(value) and all(hasattr(value, attribute) for attribute in kind.__annotations__)
    else:
        value = value if isinstance(value, origin or kind) else getattr(value, "_orig_mod", value)
        fits = isinstance(value, origin or kind)
    if not fits:
        raise TypeError
    return value


def json_of(value):
    """What `json.dumps` writes for a number of NumPy or a tensor of no axis; `ValueError` for what is neither."""
    if getattr(value, "ndim", None) != 0:
        raise ValueError(f"got {type(value).__name__}, needed what JSON can hold")
    return value.item()


def _plain(value, kind: type):
    if getattr(value, "ndim", None) == 0:
        value = value.item()
    if isinstance(value, bool | np.bool_) != (kind is bool) or not isinstance(value, Real | np.bool_):
        raise TypeError
    if math.isnan(value):
        raise ValueError
    return operator.index(value) if kind is int else kind(value)


def _alike(values: Iterator, kind: type, name: str) -> Iterator:
    """Each of them, once it is found to be of this kind and of the shape of the first."""
    shape = None
    for value in values:
        one = taken(name, value, kind)
        if one.shape != (shape := shape or one.shape):
            raise ValueError(f"{name}: got shapes {tuple(shape)} and {tuple(one.shape)}, needed one of all")
        yield one


def _words(kind) -> str:
    origin, parts = get_origin(kind), get_args(kind)
    if isinstance(kind, UnionType):
        return " or ".join(map(_words, parts))
    if origin is tuple:
        return f"({', '.join(map(_words, parts))})"
    if origin in (Sequence, Iterable):
        return f"a sequence, each {_words(parts[0])}"
    return "a function" if origin is Callable else WORDS.get(kind, f"an instance of {kind.__name__}")
