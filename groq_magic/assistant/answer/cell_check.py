"""Check code before it becomes the next cell: faults refuse it, remarks warn the user."""

from __future__ import annotations

import ast
import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groq_magic.assistant.answer.alignment import likeness
from groq_magic.assistant.answer.placeholders import placeholder_in

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    # Takes a cell's source and returns the code to compile.
    Transform: TypeAlias = Callable[[str], str]

__all__ = [
    "Transform",
    "fault_of",
    "head_of",
    "is_python",
    "keeps_python",
    "keys_of",
    "masked",
    "plain_transform",
    "remarks_on",
    "text_fault",
]

_CELL_MAGIC = re.compile(r"\s*%%\s*(\w+)")
# Cell magics whose body IPython runs as Python.
_PYTHON_BODIES = frozenset(
    {"capture", "debug", "lprun", "memit", "mprun", "prun", "pyinstrument", "time", "timeit"}
)
_LINE_MAGIC = re.compile(r"\s*%{1,2}([A-Za-z_][\w.]*)")
_SHELL = re.compile(
    r"\s*+(?:[\w.,\[\] ]+=\s*)?"
    r"(?:!|%%?(?:pip|conda|mamba|micromamba|uv|sx|sc|system|bash|sh|script|cmd|powershell)\b)"
)
_INSTALL = re.compile(r"\binstall\b|\buv add\b")
_OWN_MAGIC = re.compile(r"\s*%{1,2}groq")
_MERGE = re.compile(r"\s*(?:<{5,}(?: .*)?|={5,}|>{5,}(?: .*)?)")
_NUMBERED = re.compile(r"[ \t]*\d+(?:[ ]?[|│:.)]|\t|[ ]{1,2})")
# Line numbers in code that compiles: `4 | print(x)` is valid Python.
_BARRED = re.compile(r"[ \t]*\d+ ?[|│]")
# IPython removes some prompts from code; older versions remove fewer.
_PROMPT = re.compile(r"(?:>>>|In \[\d*\]:)(?: |$)")
_QUOTES = re.compile("[\u201c\u201d\u201e\u2018\u2019\u201a\u00ab\u00bb]")
_CORRECTED = 0.7
_MOST_REMARKS = 3
_LONGEST = 80


@dataclass(frozen=True)
class _Flaw:
    line: int
    what: str


def plain_transform(code: str) -> str:
    """Return a cell as IPython transforms it before it compiles it."""
    from IPython.core.inputtransformer2 import TransformerManager

    transformed: str = TransformerManager().transform_cell(code)  # type: ignore[no-untyped-call]  # IPython has no types for it
    return transformed


def keys_of(source: str) -> frozenset[str]:
    """Return the lines of a cell without their indentation."""
    return frozenset(line.strip() for line in source.split("\n") if line.strip())


def head_of(code: str) -> str:
    """Return the cell magic that code begins with, "" for none."""
    return code.lstrip().partition("\n")[0] if _CELL_MAGIC.match(code) else ""


def keeps_python(head: str) -> bool:
    """Return whether the body of a cell magic also runs as Python without the magic."""
    found = _CELL_MAGIC.match(head)
    return found is not None and found[1] in _PYTHON_BODIES


def is_python(code: str) -> bool:
    """Return whether code compiles, with magic and shell lines and `await` at the top level."""
    return _flaw_in(code) is None


def text_fault(code: str, source: str, *, language: str) -> str:
    """Return why code can't be a cell or a part of one, judged by its text; "" if it can."""
    known = keys_of(source)
    new = [line for line in code.split("\n") if line.strip() and line.strip() not in known]
    if any(_MERGE.fullmatch(line) for line in new):
        return "its code has merge markers"
    own = next((line for line in new if _OWN_MAGIC.match(line)), "")
    if own:
        return f"its code has the line `{_short(own)}`"
    return _python_fault(code, source, new) if language == "python" else ""


def _python_fault(code: str, source: str, new: Sequence[str]) -> str:
    below = keys_of(source.partition("\n")[2])
    low = [line for line in code.lstrip().split("\n")[1:] if _CELL_MAGIC.match(line)]
    low = [line for line in low if line.strip() not in below]
    if low:
        return f"its code has `{_short(low[0])}` below the first line"
    is_broken = bool(new) and _flaw_in(code) is not None
    if new and all((_NUMBERED if is_broken else _BARRED).match(line) for line in new):
        return "its code has line numbers"
    prompt = next((line for line in code.split("\n") if _PROMPT.match(line)), "")
    if prompt and (_PROMPT.match(code.lstrip()) or _flaw_in(code) is not None):
        return f"its code has an interpreter prompt, `{_short(prompt)}`"
    if is_broken and _QUOTES.search(_without_texts("\n".join(new))):
        return "its code has typographic quotes"
    return ""


def fault_of(code: str, source: str, language: str, transform: Transform) -> str:
    """Return why code must not become the next cell, "" if it may.

    Parameters
    ----------
    code : str
        The whole cell.
    source : str
        The cell that it fixes, "" for none: lines of this cell are no faults.
    language : str
        The language of the cell's body.
    transform : callable
        IPython's transformation of a cell, including the user's own.
    """
    fault = text_fault(code, source, language=language)
    if fault or language != "python":
        return fault
    placeholder = placeholder_in(masked(code), keys_of(source))
    if placeholder:
        return f"its code has a placeholder, `{_short(placeholder)}`"
    flaw = _flaw(code, source, transform)
    return f"its code is not valid Python (line {flaw.line}: {flaw.what})" if flaw else ""


def remarks_on(code: str, source: str) -> tuple[str, ...]:
    """Return what the user should know before a cell runs: lost magics, added shell lines.

    Parameters
    ----------
    code : str
    source : str
        The cell that it fixes, "" for none.
    """
    old, new = keys_of(source), [line.strip() for line in code.split("\n") if line.strip()]
    remarks = [f"`{_short(line)}` is left out." for line in _lost_magics(source, code)]
    added = [line for line in dict.fromkeys(new) if line not in old and _SHELL.match(line)]
    remarks += [
        f"Adds {'an install' if _INSTALL.search(line) else 'a shell'} line: `{_short(line)}`."
        for line in added[:_MOST_REMARKS]
    ]
    if len(added) > _MOST_REMARKS:
        remarks.append(f"Adds {len(added) - _MOST_REMARKS} more lines of this kind.")
    return tuple(remarks)


def _lost_magics(source: str, code: str) -> Sequence[str]:
    """Return the magic lines of a cell that its new code lacks; a corrected name is not lost."""
    before, after = _magics(source), _magics(code)
    new = [name for name in after if name not in before]
    return [
        line
        for name, line in before.items()
        if name not in after and not any(likeness(name, other) >= _CORRECTED for other in new)
    ]


def _magics(code: str) -> dict[str, str]:
    """Return the magic lines of a cell by the magic's name."""
    lines = [line for line in code.split("\n") if _LINE_MAGIC.match(line)]
    return {found[1]: line.strip() for line in lines if (found := _LINE_MAGIC.match(line))}


def _flaw(code: str, source: str, transform: Transform) -> _Flaw | None:
    """Return why IPython could not run a cell."""
    flaw = _flaw_in(code, transform)
    head = _CELL_MAGIC.match(code)
    if flaw or not head:
        return flaw
    # IPython takes the body of a cell magic for text, so it is compiled separately.
    body = _body_of(code)
    above = code.count("\n") - body.count("\n")
    is_python = head[1] in _PYTHON_BODIES or (
        _CELL_MAGIC.match(source) and _flaw_in(_body_of(source), transform) is None
    )
    # There may be another cell magic below.
    flaw = _flaw(body, _body_of(source), transform) if is_python else None
    return _Flaw(flaw.line + above, flaw.what) if flaw else None


def _body_of(cell: str) -> str:
    return cell.lstrip().partition("\n")[2]


def _flaw_in(code: str, transform: Transform | None = None) -> _Flaw | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an invalid escape is no fault of ours
        try:
            plain = transform(code) if transform else masked(code)
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
            compile(plain, "<cell>", "exec", flags=flags, dont_inherit=True)
        except SyntaxError as error:
            return _Flaw(error.lineno or 1, error.msg)
        except Exception as error:  # noqa: BLE001 - a transformer of the user's may raise anything
            return _Flaw(1, type(error).__name__)
    return None


def masked(code: str) -> str:
    """Return code with its magic and shell lines replaced, line by line."""
    return _MAGIC_LINE.sub(r"\1pass", code)


_MAGIC_LINE = re.compile(r"(?m)^([ \t]*+)(?:[%!].*|[^=\n\"'#]*=[ \t]*[%!].*)$")


def _without_texts(code: str) -> str:
    return re.sub(r"\"[^\"\n]*\"|'[^'\n]*'", "", code)


def _short(line: str) -> str:
    line = line.strip()
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"
