"""What the open pages of a session lack of JupyterLab's internals."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["PageReports"]

_NAME = re.compile(r"[A-Za-z][A-Za-z.]{0,39}")
_MOST_NAMES = 20
_MOST_PAGES = 20
# What the page's order.mjs needs.
_FOR_ORDER = ("notebook", "notebook.cells", "kernel.requestExecute")


class PageReports:
    """What the pages of a session lack of JupyterLab's internals.

    Notes
    -----
    A page reports once, when its session widget begins to run (hello.mjs). It
    may do so on a subshell's thread: what is kept is replaced in one step.
    """

    def __init__(self) -> None:
        self._missing: dict[str, tuple[str, ...]] = {}
        self._is_order_reported = False

    def receive(self, hello: object) -> None:
        """Keep what a page reports; what no page of ours sends counts as nothing.

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
    def missing(self) -> tuple[str, ...]:
        """The names that some page lacks."""
        return tuple(dict.fromkeys(name for names in self._missing.values() for name in names))

    @property
    def line(self) -> str:
        """The panel's line, such as "no `outputs.fromJSON`"; "" where nothing is missing."""
        return ", ".join(f"no `{name}`" for name in self.missing)

    def order_notice(self) -> tuple[str, ...]:
        """Return, once, that a page can't report the order of its cells, if one can't."""
        missing = [name for name in self.missing if name in _FOR_ORDER]
        if not missing or self._is_order_reported:
            return ()
        self._is_order_reported = True
        lack = f"This page can't report the order of its cells (no `{missing[0]}`)."
        return (f"{lack} The saved file's order counts: save after you move cells.",)
