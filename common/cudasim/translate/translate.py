"""One file's translation: reads it, finds what is CUDA's own syntax, and writes host C++ line by line."""

from __future__ import annotations

from .declarations import Declarations
from .edits import Edits, Translated
from .launches import rewrite_launches
from .mistakes import find_mistakes, learn_functions
from .names import Names
from .placement import find_misplaced
from .ptx import rewrite_ptx
from .scopes import learn_spaces
from .tokens import Lexed, Stream
from .variables import write_variable_hooks

TRANSLATED = {"__shared__", "__global__", "__noinline__", "asm", "__asm__", "__asm", "__constant__"}


def learn(lexed: Lexed, names: Names) -> None:
    """Adds to names what a text declares."""
    for stream in lexed.streams:
        names.read(stream)
        Declarations(stream, names, Edits(lexed.text)).learn_kernels()
        learn_functions(stream, names)
    learn_spaces(lexed, names)


def translate(lexed: Lexed, names: Names, edits: Edits | None = None) -> Translated:
    """The host C++ of a text, of whose names all are known; edits of the caller's join ours."""
    edits = edits or Edits(lexed.text)
    find_misplaced(lexed, names)
    for stream in lexed.streams:
        find_mistakes(stream, names)
        rewrite_launches(stream, names, edits)
        rewrite_ptx(stream, edits)
        rewrite_noinline(stream, edits)
        declarations = Declarations(stream, names, edits)
        declarations.write_shared()
        if stream.macro is None:
            declarations.write_kernel_hooks()
        write_variable_hooks(declarations)
    return edits.apply()


def rewrite_noinline(stream: Stream, edits: Edits) -> None:
    """__noinline__ cannot be a macro: libstdc++ itself writes __attribute__((__noinline__))."""
    for index, token in enumerate(stream.tokens):
        if token.text == "__noinline__" and stream.text(index - 1) not in {"(", ","}:
            edits.replace(token.start, token.end, "CUDASIM_NOINLINE")


def needs_translation(lexed: Lexed, names: Names) -> bool:
    """Does a header hold what g++ cannot read as it is?"""
    for stream in lexed.streams:
        for index, token in enumerate(stream.tokens):
            if token.text in TRANSLATED or token.text in names.configurations:
                return True
            if token.text == "<" and stream.run(index, "<") == 3:
                return True
    return False
