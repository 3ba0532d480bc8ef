"""Names similar to a missing name, key, file or argument."""

from __future__ import annotations

import difflib
import inspect
import re
import sys
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groq_magic.assistant.exceptions import chain_of, class_name, message_of
from groq_magic.assistant.values import ROUTINES, brief
from groq_magic.clipping import clip, is_a, plain, tried
from groq_magic.prompt.expression import attributes_of, near, user_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from groq_magic.assistant.cell import Context
    from groq_magic.prompt import Privacy

__all__ = ["file_hint", "hints"]

_QUOTED = re.compile(r"'([^'\n]{1,200})'|\"([^\"\n]{1,200})\"|`([^`\n]{1,200})`")
_KEYWORD = re.compile(r"(?<!\w)(\w++)\(\) got an unexpected keyword argument '(\w+)'")
_MISSING_FILE = re.compile(r"No such file or directory|not found|cannot find the (?:file|path)")
_MOST_KEYS = 200
_MOST_ENTRIES = 2_000
_MOST_FILES = 6
_LONGEST_KEY = 80
_ALIKE = 0.6


def hints(error: BaseException, values: Mapping[str, Any], context: Context) -> str:
    """Return a line for each name that is similar to one that an error calls missing.

    Parameters
    ----------
    error : BaseException
        An exception; its causes are searched too.
    values : Mapping of str to Any
        The variables that the failing lines name.
    context : Context
    """
    found: dict[str, None] = {}
    none: list[str] = []
    for one, _ in chain_of(error):
        found |= dict.fromkeys(tried(partial(list, _hints(one, values, context)), none))
    text = "\n".join(filter(None, found))
    return context.hide(text, dict(values))


def _hints(error: BaseException, values: Mapping[str, Any], context: Context) -> Iterator[str]:
    if isinstance(error, NameError) and isinstance(name := error.name, str):
        yield _name_hint(name, context)
    if isinstance(error, AttributeError) and isinstance(name := error.name, str):
        yield _attribute_hint(name, error.obj, context.privacy)
    if isinstance(error, ImportError):
        yield _import_hint(error)
    if isinstance(error, TypeError):
        yield _keyword_hint(message_of(error), values, context)
    if isinstance(error, LookupError | ValueError):
        yield from _key_hints(error, values, context.privacy)
    # A path may be a value.
    if isinstance(error, OSError) and not context.privacy.has_limits:
        for path in (error.filename, error.filename2):
            yield _near_files(path) if is_a(path, str) else ""
        if error.filename is None:
            yield file_hint(message_of(error))


def file_hint(text: str) -> str:
    """Return the files near a path that a message calls missing."""
    if not _MISSING_FILE.search(text):
        return ""
    quoted = ("".join(found.groups("")) for found in _QUOTED.finditer(text))
    return next(filter(None, map(_near_files, (path.strip("'") for path in quoted))), "")


def _name_hint(name: str, context: Context) -> str:
    meant = near(name, user_names(context.namespace))
    return f"There is a {brief(meant, context.namespace[meant], context)}" if meant else ""


def _attribute_hint(name: str, owner: Any, privacy: Privacy) -> str:
    meant = near(name, attributes_of(owner, privacy))
    return f"A {class_name(type(owner))} has an attribute `{meant}`." if meant else ""


def _import_hint(error: ImportError) -> str:
    module = sys.modules.get(error.name or "")
    missing = re.search(r"cannot import name '(\w+)'", plain(error.msg or ""))
    if missing and module is not None:
        meant = near(missing[1], attributes_of(module))
        return f"`{error.name}` has a name `{meant}`." if meant else ""
    if not is_a(error, ModuleNotFoundError) or not error.name or "." in error.name:
        return ""
    here = (path.stem for path in _entries(Path()) if path.suffix == ".py" or path.is_dir())
    loaded = (name for name in sys.modules if "." not in name and not name.startswith("_"))
    known = {*sys.stdlib_module_names, *loaded, *here}
    meant = near(error.name, sorted(known))
    return f"There is a module `{meant}`." if meant else ""


def _keyword_hint(message: str, values: Mapping[str, Any], context: Context) -> str:
    found = _KEYWORD.search(message)
    if not found:
        return ""
    called = values.get(found[1], context.namespace.get(found[1]))
    if not is_a(called, type, *ROUTINES):
        return ""
    none: list[str] = []
    meant = near(found[2], tried(lambda: list(inspect.signature(called).parameters), none))
    return f"`{found[1]}` has a parameter `{meant}`." if meant else ""


def _key_hints(error: BaseException, values: Mapping[str, Any], privacy: Privacy) -> Iterator[str]:
    """Yield the columns or keys of each variable, the nearest to the missing key first."""
    for missing in _missing_keys(error):
        for name, value in values.items():
            what, keys = _keys(value, privacy)
            if missing in keys or not keys:
                continue
            first = _nearest(missing, keys)
            # The labels of rows are data: only similar ones are sent.
            rest = [key for key in keys if key not in first] if what != "labels" else []
            shown = ", ".join(f"`{clip(key, _LONGEST_KEY)}`" for key in (*first, *rest))
            if shown:
                yield f"{what.capitalize()} of `{name}`, nearest to the missing one first: {shown}"


def _missing_keys(error: BaseException) -> list[str]:
    if is_a(error, KeyError) and len(error.args) == 1 and is_a(error.args[0], str):
        key = plain(error.args[0])
        quoted = _QUOTED.findall(key)
        return [key] if not quoted else ["".join(groups) for groups in quoted[:3]]
    if is_a(error, KeyError):
        quoted = _QUOTED.findall(message_of(error))
        return ["".join(groups) for groups in quoted[:3]]
    return []


def _keys(value: Any, privacy: Privacy) -> tuple[str, list[str]]:
    """Return the kind and the names of a value's parts: columns, labels or keys."""
    names = {kind.__name__ for kind in type(value).__mro__}
    if "DataFrame" in names:
        is_private = privacy.hides_any(value.columns.names)
        return "columns", [] if is_private else _texts(value.columns)
    if "DataFrameGroupBy" in names:
        return _keys(value.obj, privacy)
    if "Series" in names:
        return "labels", [] if privacy.has_limits else _texts(value.index)
    # Keys count as values.
    return "keys", _texts(value) if is_a(value, dict) and privacy.rows else []


def _texts(keys: Iterable[Any]) -> list[str]:
    return [plain(key) for key in islice(keys, _MOST_KEYS) if is_a(key, str)]


def _nearest(name: str, names: Iterable[str], count: int = 3) -> list[str]:
    folded: dict[str, str] = {}
    for other in names:
        folded.setdefault(other.casefold().strip(), other)
    wanted = name.casefold().strip()
    return [folded[one] for one in difflib.get_close_matches(wanted, folded, count, _ALIKE)]


def _near_files(missing: str) -> str:
    """Return the names similar to a missing path, in the deepest of its folders that exists."""
    path = Path(missing)
    if not path.name or tried(path.exists, otherwise=True):
        return ""
    while not tried(path.parent.is_dir, otherwise=False) and path.parent != path:
        path = path.parent
    names = [entry.name for entry in _entries(path.parent) if not entry.name.startswith(".")]
    found = _nearest(path.name, names, _MOST_FILES)
    same = [name for name in names if path.suffix and Path(name).suffix == path.suffix]
    found = list(dict.fromkeys([*found, *sorted(same)]))[:_MOST_FILES]
    folder = "the working folder" if path.parent == Path() else f"`{path.parent.name}`"
    shown = ", ".join(f"`{name}`" for name in found)
    return f"There is no `{path.name}` in {folder}, but: {shown}" if found else ""


def _entries(folder: Path) -> list[Path]:
    return tried(lambda: list(islice(folder.iterdir(), _MOST_ENTRIES)), [])
