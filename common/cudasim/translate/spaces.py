"""Where a program's functions and variables live: on the host, on the device, or on both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cache

from . import library


class Space(Enum):
    HOST = auto()
    DEVICE = auto()
    BOTH = auto()  # __host__ __device__
    EITHER = auto()  # constexpr: the compiler may put its value in place
    KERNEL = auto()
    UNSURE = auto()


# The C library's functions that kernels have too; with f behind for float.
LIBRARY = set(
    "abs acos acosh asin asinh atan atan2 atanh cbrt ceil copysign cos cosh cospi erf erfc erfcinv erfcx erfinv exp "
    "exp10 exp2 expm1 fabs fdim floor fma fmax fmin fmod frexp hypot ilogb isfinite isinf isnan j0 j1 jn labs ldexp "
    "lgamma llabs llrint llround log log10 log1p log2 logb lrint lround modf nan nearbyint nextafter norm pow "
    "remainder remquo rint round rsqrt scalbln scalbn signbit sin sincos sinh sinpi sqrt swap tan tanh tgamma trunc "
    "y0 y1 yn printf puts putchar memcpy memset memmove malloc free assert clock strlen".split()
)


@cache
def known_to_cuda() -> frozenset[str]:
    """Functions that kernels can call without the program's: what the program declares may only overload them."""
    found = LIBRARY | {name + "f" for name in LIBRARY}
    for header in library.INCLUDE.rglob("*"):
        if header.is_file():
            text = re.sub(r"//[^\n]*", "", header.read_text(encoding="utf-8"))
            found |= set(re.findall(r"\b([A-Za-z_]\w*)\s*\(", text))
    return frozenset(found)


@dataclass(frozen=True)
class Function:
    name: str
    owner: str | None  # the class it is a member of; "?" for another's member that is defined outside
    space: Space
    head: int  # its first token: the template's, if it is one
    opens: int  # of the parameters' (
    body: tuple[int, int] | None  # its { and }


@dataclass(frozen=True)
class Variable:
    space: Space
    constant_array: bool


@dataclass
class Spaces:
    """What all files of a program declare, by name."""

    functions: dict[str, list[Function]] = field(default_factory=dict)  # of namespaces
    variables: dict[str, list[Variable]] = field(default_factory=dict)  # of namespaces
    members: dict[str, dict[str, list[Function]]] = field(default_factory=dict)  # of classes, by class and name
    fields: set[str] = field(default_factory=set)  # names of all classes' members
    classes: dict[str, int] = field(default_factory=dict)  # how often each name is defined
    derived: set[str] = field(default_factory=set)  # classes with bases, and templates of classes
    macros: set[str] = field(default_factory=set)
    namespaces: set[str] = field(default_factory=set)
    read: dict[int, list[Function]] = field(default_factory=dict)  # of each stream by its id(), in order

    def is_only(self, name: str, spaces: set[Space]) -> bool:
        """Is the name that of functions of these spaces, and of nothing else that is known?"""
        found = self.functions.get(name, [])
        if not found or name in self.variables or name in known_to_cuda():
            return False
        return all(function.space in spaces for function in found)
