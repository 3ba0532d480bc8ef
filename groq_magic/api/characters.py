"""Whole characters out of deltas that may cut one in half."""

from __future__ import annotations

import codecs

from groq_magic.printable import SURROGATE

__all__ = ["WholeCharacters"]


class WholeCharacters:
    r"""Joins the halves of characters, and replaces halves that stay alone by U+FFFD.

    JSON writes what lies beyond U+FFFF as two escapes (`\ud83d\ude00`), and a
    token may end between them. Half a character can be neither displayed
    nor saved nor sent again.
    """

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-16-le")(errors="replace")
        self._holds = False

    def feed(self, text: str) -> str:
        """Take a delta; return what of it is whole."""
        if not self._holds and not SURROGATE.search(text):
            return text
        whole = self._decoder.decode(text.encode("utf-16-le", "surrogatepass"))
        self._holds = bool(self._decoder.getstate()[0])
        return whole

    def finish(self) -> str:
        """Return what stands for the half that was left."""
        self._holds = False
        rest = self._decoder.decode(b"", final=True)
        self._decoder.reset()
        return rest
