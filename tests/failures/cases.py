"""The errors of this folder's files, and what a request of `%groq_fix` lacks of one."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CASES", "Case", "missing_in"]

HERE = Path(__file__).parent
LONG = "\n".join(f"value_{n} = {n}  # a line that takes some room" for n in range(800))
# What only IPython and we are, or this machine: none of it helps with an error.
INTERNALS = (
    *("get_ipython().", "run_line_magic", "run_cell_magic", "ipykernel", "interactiveshell"),
    *("ipython-input", "site-packages", "groq_magic", "<magic-", "/lib/python", "<timed exec>"),
)


@dataclass(frozen=True)
class Case:
    """One error; the README of this folder says what each field is."""

    name: str
    cells: tuple[str, ...]
    failing: int
    line: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    variables: tuple[str, ...] = ()
    assigned: Mapping[str, int] = field(default_factory=dict)
    contains: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()


def _read() -> dict[str, Case]:
    found = {}
    for path in sorted(HERE.glob("*.toml")):
        for raw in tomllib.loads(path.read_text())["error"]:
            made: dict[str, Any] = {
                name: tuple(each) if isinstance(each, list) else each for name, each in raw.items()
            }
            made["cells"] = tuple(cell.replace("# LONG", LONG) for cell in made["cells"])
            found[f"{path.stem}: {raw['name']}"] = Case(**made)
    return found


CASES = _read()


def missing_in(case: Case, request: str) -> list[str]:
    """Return what a request lacks, and what it must not have."""
    cell = case.cells[case.failing - 1]
    name = f"Cell {case.failing}"
    missing = []
    if LONG not in cell and not (f"{name}:\n" in request and f"\n{cell}\n" in request):
        missing.append(f"the whole of {name}")
    if case.line:
        text = cell.split("\n")[case.line - 1].strip()
        if f"{name}, line {case.line}" not in request:
            missing.append(f"line {case.line} of {name}")
        elif f"    {text}\n" not in request[request.index("Its error:") :]:
            missing.append(f"the text of line {case.line}")
    missing += [
        f"the variable {each}" for each in case.variables if not _has_section(each, request)
    ]
    missing += [
        f"cell {number}, which assigned {each}"
        for each, number in case.assigned.items()
        if not _is_assigned(each, number, case.cells[number - 1], request)
    ]
    missing += [repr(each) for each in case.contains if each not in request]
    unwanted = (*case.lacks, *(each for each in INTERNALS if each not in "".join(case.cells)))
    return missing + [f"without {each!r}" for each in unwanted if each in request]


def _has_section(label: str, request: str) -> bool:
    name = label.partition(" (in ")[0]
    return f"`{name}`, which the failing line names:\n```text\n{label}: " in request


def _is_assigned(name: str, number: int, cell: str, request: str) -> bool:
    titles = [line for line in request.split("\n") if line.startswith(f"Cell {number}, which")]
    return any(f"`{name}`" in title for title in titles) and f"\n{cell}\n" in request
