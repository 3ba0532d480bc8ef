"""The JavaScript and the CSS of the views: files of `page/`, joined into one."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

__all__ = ["page_code", "page_style"]

_PAGE = Path(__file__).resolve().parent / "page"
_IMPORT = re.compile(r'^import \{[^}]*\} from "(\.{1,2}/[a-z_/]+\.mjs)";\n', re.MULTILINE)
_EXPORT = re.compile(r"^export (?!default)", re.MULTILINE)


@cache
def page_code(entry: str) -> str:
    """Return a module with everything that it imports, as one module.

    Parameters
    ----------
    entry : str
        The name of a file in `page/`, without its ending.

    Returns
    -------
    str
        JavaScript without imports, with the entry's default export. A front end gets a
        widget's code as one text: no two files may have the same top-level name.
    """
    return "\n".join(_joined(_PAGE / f"{entry}.mjs", set()))


def _joined(path: Path, done: set[Path]) -> list[str]:
    if path in done:
        return []
    done.add(path)
    code = path.read_text(encoding="utf-8")
    imported = [(path.parent / each).resolve() for each in _IMPORT.findall(code)]
    before = [part for each in imported for part in _joined(each, done)]
    return [*before, _EXPORT.sub("", _IMPORT.sub("", code))]


@cache
def page_style() -> str:
    """Return the CSS of all views: the theme first, the other files in any order."""
    files = ("theme", *sorted(file.stem for file in _PAGE.glob("*.css") if file.stem != "theme"))
    return "\n".join((_PAGE / f"{name}.css").read_text(encoding="utf-8") for name in files)
