"""Words that we don't use, in names, comments, docstrings, messages and documentation.

Readers come from everywhere and read once: each thing has the field's own word, and one word.
"""

from __future__ import annotations

import ast
import functools
import io
import json
import re
import tokenize
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).parents[2]

# What to avoid → what to write instead; in any case, also as parts of a name.
WORDS = {
    "tell, tells, told": "report, return, show; to tell apart: distinguish",
    "hear, hears, heard": "receive",
    "mend, mended": "fix",
    "anew": "again",
    "wish, wishes, wished": "intent, instruction",
    "helper, helpers, util, utils": "name what it does",
    "handler, handlers, manager, managers": "name what it does",
    "picture, pictures": "image; of a page: screenshot",
    "twin, twins": "copy",
    "face, faces": "interface, base class",
    "world, worlds": "namespace, page, model",
    "book, books": "history, ledger",
    "let go, lets go": "remove, release, close",
    "is none, are none, was none, has none, have none": "no …, is missing, is not a valid …",
    "broke off, break off, breaks off, broken off": "stop, end early; of a connection: break",
    "take the place, takes the place, took the place": "replace",
    "under way": "running, unfinished",
    "takes a while, take a while": "is slow",
    "in vain": "without a result",
    "thus, hence, lest, upon, ought, shall": "plain English",
}
# The same for the package alone: tests and documentation may state what a message says.
WORDS_OF_CODE = {"says, said": "state, show, contain, mean", "mends": "fix"}
# Where a word is right, and why.
RIGHT = {
    r"\b_?manager\b|managerOf|(JupyterLab's|widget) managers?": "Jupyter's and IPython's word",
    r"RequestHandlerClass|undoManager|widget_?[mM]anager|managers unlike": "names of others",
    r"\bhandler (that|again)|(own|log|signal) handler|the handler( at|\.)": "for signals",
    r"take_pictures|README's pictures": "a module, and what it makes",
    r"jupyterlab-manager|Jupyter Book|Hugging Face": "names of others",
    r"\(\?:mend\|fix\)": "a prompt of earlier notebooks",
    r"[Hh]ello,? [Ww]orld|the world's": "the usual first program, and the planet",
    r"\bNone\b": "Python's constant",
    r"Whatever it says": "of a text, in a prompt to the model",
}
# README has pictures, one of them moving.
PICTURES = ("tests/take_pictures.py", "tests/unit/test_readme.py")
# A type's name is a noun, not what happened to it.
PARTICIPLE = re.compile(r"(?:[A-Z][a-z]*[^e]ed|Shown|Seen|Told|Held|Given|Taken|Made|Kept|Drawn)$")
# A docstring names the thing.
RIDDLES = ("What", "Who", "Whoever", "Whatever", "It", "That")

_RIGHT = re.compile("|".join(RIGHT))
_PARTS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_JAVASCRIPT = re.compile(
    r"""//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|[A-Za-z_$][\w$]*""", re.DOTALL
)
_CSS = re.compile(r"/\*.*?\*/|[.#-][\w-]+", re.DOTALL)


class Avoided:
    """Finds the words of a table in texts."""

    def __init__(self, table: dict[str, str]) -> None:
        self._instead = {word: each for key, each in table.items() for word in key.split(", ")}
        words = "|".join(self._instead)
        self._hint = re.compile(words.replace(" ", r"[\s_#]*"), re.IGNORECASE)
        self._words = re.compile(rf"\b(?:{words})\b")

    def in_text(self, text: str) -> list[str]:
        """Return the words in a name or piece of prose, each with what to write instead."""
        if not self._hint.search(text):
            return []
        parts = " ".join(_PARTS.findall(_RIGHT.sub("", text))).lower()
        return [f"{word!r} → {self._instead[word]}" for word in self._words.findall(parts)]


EVERYWHERE, OF_CODE = Avoided(WORDS), Avoided(WORDS | WORDS_OF_CODE)


class Text(NamedTuple):
    """A name or a piece of prose, and its line."""

    line: int
    text: str


@functools.cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def names_in(tree: ast.AST) -> Iterator[Text]:
    """Yield the names that a module defines, and its docstrings."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                yield Text(node.lineno, name)
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield Text(node.lineno, name)
            case ast.Expr(value=ast.Constant(value=str() as text)):
                yield Text(node.lineno, text)


def messages_in(tree: ast.AST) -> Iterator[Text]:
    """Yield the strings of several words."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value:
            yield Text(node.lineno, node.value)


def comments_in(source: str) -> Iterator[Text]:
    """Yield the comments of a module."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield Text(token.start[0], token.string)


def texts_in(path: Path) -> Iterator[Text]:
    """Yield the names and prose of a file."""
    source = path.read_text("utf-8")
    if path.suffix == ".py":
        yield from names_in(tree_of(path))
        yield from comments_in(source)
        yield from messages_in(tree_of(path)) if is_package(path) else ()
    elif path.suffix in {".mjs", ".css"}:
        for found in (_CSS if path.suffix == ".css" else _JAVASCRIPT).finditer(source):
            yield Text(source.count("\n", 0, found.start()) + 1, found[0])
    elif path.suffix == ".ipynb":
        for number, cell in enumerate(json.loads(source)["cells"], 1):
            if cell["cell_type"] == "markdown":
                yield Text(number, "".join(cell["source"]))
    else:
        yield from (Text(number, line) for number, line in enumerate(source.split("\n"), 1))


def is_package(path: Path) -> bool:
    return path.is_relative_to(PROJECT / "groq_magic")


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


FILES = [
    path
    for pattern in (
        *("groq_magic/**/*.py", "groq_magic/**/*.mjs", "groq_magic/**/*.css"),
        *("tests/**/*.py", "tests/js/*.mjs", "*.md", "notebooks/*.ipynb"),
    )
    for path in sorted(PROJECT.glob(pattern))
    if path.name != Path(__file__).name and not name_of(path).startswith(PICTURES)
]
AREAS = sorted({"/".join(name_of(path).split("/")[:2]) for path in FILES})


def bad_names_in(path: Path) -> Iterator[str]:
    """Yield the types that are participles, and the first words of docstrings that are riddles."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef) and PARTICIPLE.search(node.name):
            yield f"{name_of(path)}:{node.lineno}: {node.name} is a participle"
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and is_package(path):
            first = (ast.get_docstring(node, clean=False) or "").partition(" ")[0]
            if first in RIDDLES:
                yield f"{name_of(path)}:{getattr(node, 'lineno', 1)}: a docstring begins: {first}"


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
def test_names_and_texts_use_plain_words(area: str) -> None:
    paths = [path for path in FILES if f"{name_of(path)}/".startswith(f"{area}/")]
    wrong = [
        f"{name_of(path)}:{found.line}: {word}: {' '.join(found.text.split())[:90]}"
        for path in paths
        for found in texts_in(path)
        for word in (OF_CODE if is_package(path) else EVERYWHERE).in_text(found.text)
    ]
    for path in paths:
        wrong += bad_names_in(path) if path.suffix == ".py" else ()
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("_tellsPage", "tells"),
        ("was_heard", "heard"),
        ("# Told by the page.", "told"),
        ("FileHelper", "helper"),
        ("a mended cell", "mended"),
        ("there is\n    none", "is none"),
    ],
)
def test_a_word_is_found_in_names_and_prose(text: str, word: str) -> None:
    assert [found.split("'")[1] for found in EVERYWHERE.in_text(text)] == [word]


@pytest.mark.parametrize("text", ["the widget manager", "a recommended bookmark", "x is None"])
def test_parts_of_other_words_and_names_of_others_are_no_fault(text: str) -> None:
    assert not EVERYWHERE.in_text(text)
