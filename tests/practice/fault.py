"""The name and the settings of one fault, as written ``name:key=value:key=value``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Fault", "FaultError", "parse"]

_SETTING = re.compile(r":(?=[a-z-]+=)")
_MOST = 1_000
_WHOLE, _DECIMAL = r"\d+", r"\d+(\.\d+)?"
_VALUES: Mapping[str, str] = MappingProxyType(
    {
        "after": _WHOLE,
        "bytes": _WHOLE,
        "date": _DECIMAL,
        "every": _WHOLE,
        "kind": "tpm|tpd|rpm|rpd|otpm",
        "seconds": _DECIMAL,
        "status": _WHOLE,
    }
)


class FaultError(ValueError):
    """An unknown fault, or a wrong setting."""


@dataclass(frozen=True)
class Fault:
    """One fault.

    Parameters
    ----------
    name : str
    settings : mapping of str to str
    """

    name: str
    settings: Mapping[str, str]

    def number(self, key: str, default: float) -> float:
        """Return a setting as a number."""
        return float(self.settings.get(key, default))

    def text(self, key: str, default: str) -> str:
        """Return a setting as text."""
        return self.settings.get(key, default)


def parse(written: str, known: Mapping[str, frozenset[str]]) -> list[Fault]:
    """Parse a fault; ``times=N`` repeats it N times.

    Parameters
    ----------
    written : str
        Such as ``429:retry-after=2``.
    known : mapping of str to frozenset of str
        The settings that each fault takes.

    Raises
    ------
    FaultError
        Lists the known faults or settings.
    """
    name, *pairs = _SETTING.split(written.strip())
    settings = dict(pair.split("=", 1) for pair in pairs)
    if name not in known:
        raise FaultError(f"no fault is called {name!r}; there are: {', '.join(sorted(known))}")
    wrong = settings.keys() - known[name] - {"times"}
    if wrong:
        taken = ", ".join(sorted(known[name] | {"times"}))
        raise FaultError(f"{name} doesn't take {', '.join(sorted(wrong))}; it takes: {taken}")
    for key, pattern in _VALUES.items():
        if key in settings and not re.fullmatch(pattern, settings[key]):
            raise FaultError(f"{name}: {key}={settings[key]} must match {pattern}")
    times = settings.pop("times", "1")
    if not times.isdecimal() or int(times) > _MOST:
        raise FaultError(f"{name}: times must be a number up to {_MOST}")
    return [Fault(name, settings)] * int(times)
