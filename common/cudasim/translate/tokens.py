"""The tokens of a C++ file as the translator needs them: positions, brackets, and what a directive is.

No preprocessing is done: both branches of an `#if` are read, a macro's body is a stream of its own. `<` and
`>` are always single tokens, since only the parser can tell `a<b<c>>>` from a launch's `>>>`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto


class TranslateError(Exception):
    """What is wrong with the learner's file, where: offset is a position in its text."""

    def __init__(self, message: str, offset: int, notes: list[tuple[str, int]] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset
        self.notes = notes or []


class Kind(Enum):
    NAME = auto()  # an identifier or a keyword
    NUMBER = auto()
    STRING = auto()  # a string or character literal, raw strings included
    PUNCT = auto()


@dataclass(frozen=True, slots=True)
class Token:
    kind: Kind
    text: str
    start: int
    end: int


@dataclass
class Stream:
    """Tokens that are parsed together: the file without its directives, or one macro's body.

    match[i] is the index of the bracket that closes or opens tokens[i], or None.
    """

    tokens: list[Token] = field(default_factory=list)
    match: list[int | None] = field(default_factory=list)
    macro: str | None = None  # the name of the macro whose body this is
    takes_arguments: bool = False  # it is a macro's body, and the macro is written NAME(..)
    end: int = 0  # where in the text it ends

    def text(self, index: int) -> str:
        """The token's text, empty outside the stream: nothing compares equal to it."""
        return self.tokens[index].text if 0 <= index < len(self.tokens) else ""

    def kind(self, index: int) -> Kind | None:
        return self.tokens[index].kind if 0 <= index < len(self.tokens) else None

    def adjacent(self, index: int) -> bool:
        """Does tokens[index + 1] follow without a blank?"""
        return 0 <= index < len(self.tokens) - 1 and self.tokens[index].end == self.tokens[index + 1].start

    def run(self, index: int, char: str) -> int:
        """How many adjacent tokens `char` start at index."""
        count = 0
        while self.text(index + count) == char and (count == 0 or self.adjacent(index + count - 1)):
            count += 1
        return count


@dataclass(frozen=True)
class Include:
    """An #include or __has_include whose operand is a literal: the name between the delimiters."""

    name: str
    quoted: bool
    start: int  # of the opening delimiter
    end: int  # behind the closing one


@dataclass
class Lexed:
    text: str
    main: Stream
    macros: list[Stream]
    includes: list[Include]

    @property
    def streams(self) -> list[Stream]:
        return [self.main, *self.macros]


TOKEN = re.compile(
    r"""
    (?P<blank>(?:[ \t\r\f\v]|\\\r?\n)+)
  | (?P<newline>\n)
  | (?P<line_comment>//(?:\\\r?\n|[^\n])*)
  | (?P<comment>/\*.*?\*/)
  | (?P<open_comment>/\*)
  | (?P<raw>(?:u8|[uUL])?R"(?P<fence>[^()\\\s"]{0,16})\(.*?\)(?P=fence)")
  | (?P<open_raw>(?:u8|[uUL])?R"[^()\\\s"]{0,16}\()
  | (?P<string>(?:u8|[uUL])?"(?:\\\r?\n|\\.|[^"\\\n])*")
  | (?P<char>(?:u8|[uUL])?'(?:\\\r?\n|\\.|[^'\\\n])+')
  | (?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)
  | (?P<name>[^\W\d][\w$]*|\$[\w$]*)
  | (?P<punct>->\*|->|::|\.\.\.|\#\#|<=>|<=|>=|==|!=|&&|\|\||.)
    """,
    re.VERBOSE | re.DOTALL,
)
DIRECTIVE = re.compile(r"#(?:[ \t]|\\\r?\n|/\*.*?\*/)*(\w+)?", re.DOTALL)
INCLUDE = re.compile(r'(?:[ \t]|/\*.*?\*/)*(?P<file>"[^"\n]+"|<[^>\n]+>)')
HAS_INCLUDE = re.compile(r'\b__has_include\s*\(\s*(?P<file>"[^"\n]+"|<[^>\n]+>)')
ZERO = re.compile(r"[ \t]+(?:0|false)[ \t\r]*(?:$|//|/\*)", re.MULTILINE)
KINDS = {
    "raw": Kind.STRING,
    "string": Kind.STRING,
    "char": Kind.STRING,
    "number": Kind.NUMBER,
    "name": Kind.NAME,
    "punct": Kind.PUNCT,
}
PAIRS = {")": "(", "]": "[", "}": "{"}


def include_of(match: re.Match[str]) -> Include:
    file = match["file"]
    return Include(file[1:-1], file[0] == '"', match.start("file"), match.end("file"))


class Lexer:
    """One pass over a text. Call run() once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.result = Lexed(text, Stream(end=len(text)), [], [])
        self.brackets: list[int] = []  # indices of the main stream's open brackets
        # An #if's state: is the branch we are in surely left out (#if 0), and the brackets open before it.
        self.conditions: list[tuple[bool, list[int]]] = []

    def run(self) -> Lexed:
        position = 0
        line_is_empty = True
        while position < len(self.text):
            if line_is_empty and self.text[position] == "#":
                position = self.directive(position)
                continue
            match = self.next(position)
            position = match.end()
            if match.lastgroup == "newline":
                line_is_empty = True
            elif match.lastgroup in KINDS:
                line_is_empty = False
                if not any(left_out for left_out, _ in self.conditions):
                    self.add(self.result.main, match, self.brackets)
        return self.result

    def next(self, position: int) -> re.Match[str]:
        match = TOKEN.match(self.text, position)
        assert match  # `.` takes whatever is left
        if match.lastgroup == "open_comment":
            raise TranslateError("unterminated comment", position)
        if match.lastgroup == "open_raw":
            raise TranslateError("unterminated raw string", position)
        return match

    def add(self, stream: Stream, match: re.Match[str], brackets: list[int]) -> None:
        assert match.lastgroup
        token = Token(KINDS[match.lastgroup], match.group(), match.start(), match.end())
        index = len(stream.tokens)
        stream.tokens.append(token)
        stream.match.append(None)
        if token.kind is not Kind.PUNCT:
            return
        if token.text in PAIRS.values():
            brackets.append(index)
        elif token.text in PAIRS and brackets and stream.text(brackets[-1]) == PAIRS[token.text]:
            opened = brackets.pop()
            stream.match[opened] = index
            stream.match[index] = opened

    def directive(self, start: int) -> int:
        """Reads the directive whose # is at start; returns the position of its newline."""
        head = DIRECTIVE.match(self.text, start)
        assert head
        name = head[1] or ""
        position = head.end()
        if name in ("include", "include_next", "import"):
            if include := INCLUDE.match(self.text, position):
                self.result.includes.append(include_of(include))
                position = include.end()
        tokens: list[re.Match[str]] = []
        while position < len(self.text) and self.text[position] != "\n":
            match = self.next(position)
            if match.lastgroup in KINDS:
                tokens.append(match)
            position = match.end()
        if name in ("if", "elif"):
            self.result.includes += [include_of(found) for found in HAS_INCLUDE.finditer(self.text, start, position)]
        self.condition(name, bool(ZERO.match(self.text, head.end(), position)))
        if name == "define" and not any(left_out for left_out, _ in self.conditions):
            self.define(tokens, position)
        return position

    def condition(self, name: str, zero: bool) -> None:
        """Follows #if ... #endif, so that brackets opened once in each branch count once."""
        if name in ("if", "ifdef", "ifndef"):
            self.conditions.append((name == "if" and zero, list(self.brackets)))
        elif name in ("elif", "elifdef", "elifndef", "else") and self.conditions:
            _, brackets = self.conditions.pop()
            self.brackets = list(brackets)
            self.conditions.append((name == "elif" and zero, brackets))
        elif name == "endif" and self.conditions:
            self.conditions.pop()

    def define(self, tokens: list[re.Match[str]], end: int) -> None:
        """#define NAME body, or NAME(parameters) body: the body becomes a stream."""
        if not tokens:
            return
        stream = Stream(macro=tokens[0].group(), end=end)
        body = tokens[1:]
        if body and body[0].group() == "(" and body[0].start() == tokens[0].end():
            close = next((i for i, token in enumerate(body) if token.group() == ")"), len(body))
            stream.takes_arguments = True
            body = body[close + 1 :]
        brackets: list[int] = []
        for match in body:
            self.add(stream, match, brackets)
        self.result.macros.append(stream)


def lex(text: str) -> Lexed:
    return Lexer(text).run()
