"""The reports of a session's pages: which of JupyterLab's internals they lack."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["PageReports"]

_NAME = re.compile(r"[A-Za-z][A-Za-z.]{0,39}")
_MOST_NAMES = 20
_MOST_PAGES = 20
# The names that page/order.mjs needs.
_FOR_ORDER = ("notebook", "notebook.cells", "kernel.requestExecute")
# The names that page/replacing.mjs needs.
_TO_REPLACE = ("sharedModel.setSource", "model.contentChanged")
# What doesn't work if a name is missing, by the beginnings of the names.
_LOST: Mapping[tuple[str, ...], str] = {
    _TO_REPLACE: "fixed cells can't replace those that failed",
    ("notebook.executionScheduled",): "a second notebook on this kernel is not seen",
    _FOR_ORDER: "the saved file's order of cells counts",
    ("outputs.", "context."): "a reload while an answer streams leaves its cell without it",
    ("cells.", "sharedModel.", "cell.", "editor."): "prompts look like code",
    ("kernel.sendControlMessage",): "Stop may not work, ■ in the toolbar does",
    ("session.",): "a restart leaves dead controls in the outputs",
}


class PageReports:
    """The reports of a session's pages: which of JupyterLab's internals they lack.

    Notes
    -----
    A page reports once, when its session widget begins to run (hello.mjs). This can
    happen on a subshell's thread, so the state is replaced in one step.
    """

    def __init__(self) -> None:
        self._missing: dict[str, tuple[str, ...]] = {}
        self._is_order_reported = False

    def receive(self, hello: object) -> None:
        """Keep a page's report; malformed content is ignored.

        Parameters
        ----------
        hello : mapping
            `notebook`, the path of the page's notebook, and `missing`, a list of names.
        """
        if not isinstance(hello, Mapping):
            return
        names, page = hello.get("missing"), hello.get("notebook")
        listed = names[:_MOST_NAMES] if isinstance(names, list) else []
        known = tuple(each for each in listed if isinstance(each, str) and _NAME.fullmatch(each))
        others = {key: value for key, value in self._missing.items() if key != page}
        latest = [*others.items(), (page if isinstance(page, str) else "", known)]
        self._missing = dict(latest[-_MOST_PAGES:])

    @property
    def has_page(self) -> bool:
        """Whether the session widget has run on any page."""
        return bool(self._missing)

    @property
    def can_replace(self) -> bool:
        """Whether some page can put a fixed cell in the place of the one that failed."""
        needed = {*_FOR_ORDER[:2], "sharedModel.getSource", *_TO_REPLACE}
        return any(needed.isdisjoint(names) for names in self._missing.values())

    @property
    def missing(self) -> tuple[str, ...]:
        """The names that some page lacks."""
        return tuple(dict.fromkeys(name for names in self._missing.values() for name in names))

    @property
    def line(self) -> str:
        """The panel's line: what doesn't work, and the missing names; "" if none is missing."""
        names: dict[str, list[str]] = {}
        for name in self.missing:
            names.setdefault(_lost(name), []).append(f"`{name}`")
        return "; ".join(f"{lost} (no {', '.join(each)})" for lost, each in names.items())

    def order_notice(self) -> tuple[str, ...]:
        """Return the notice, once, if a page can't report the order of its cells."""
        missing = [name for name in self.missing if name in _FOR_ORDER]
        if not missing or self._is_order_reported:
            return ()
        self._is_order_reported = True
        lack = f"This page can't report the order of its cells (no `{missing[0]}`)."
        return (f"{lack} The saved file's order counts: save after you move cells.",)


def _lost(name: str) -> str:
    found = (lost for starts, lost in _LOST.items() if name.startswith(starts))
    return next(found, "something on this page")
