"""The output that a notebook keeps of an answer."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

from groq_magic.views.phrase import phrase_html
from groq_magic.views.show import publish
from groq_magic.views.token import TOKEN_CLASS

if TYPE_CHECKING:
    from groq_magic.views.opening import Opening
    from groq_magic.views.progress import Progress
    from groq_magic.views.settled import Settled

__all__ = [
    "UNFINISHED",
    "StaticView",
    "bundle",
    "notices_html",
    "saved_reasoning",
    "unfinished",
]

# What a notebook holds that is saved while an answer streams.
UNFINISHED = (
    "This answer is not finished. It appears here once it is; "
    "if its kernel has stopped, run the cell again."
)
_FOLD = '<details class="groq-reasoning"><summary>Reasoning</summary><div dir="auto">'
_FOLD_END = "</div></details>"
_TEXT = '<div class="groq-text" dir="auto">'
# As answers are saved, now and by earlier versions.
_SAVED_FOLD = re.compile(re.sub(' dir="auto"', '(?: dir="auto")?', _FOLD))
_SAVED_FOLD_END = re.compile(re.sub(' dir="auto"', '(?: dir="auto")?', f"{_FOLD_END}{_TEXT}"))


def bundle(settled: Settled) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the MIME bundle and the metadata that a notebook keeps of an answer.

    Parameters
    ----------
    settled : Settled
        The whole answer.

    Returns
    -------
    data : dict
        ``text/html`` (safe, reads well without CSS), ``text/markdown`` (the
        answer, made safe) and ``text/plain`` (the answer's source, exactly).
        The same answer gives the same bytes.
    metadata : dict
        The output's whole metadata.
    """
    # Importing rendering takes a while, and importing views must stay light.
    from groq_magic.rendering import safe_markdown, to_html

    source = _markdown_source(settled)
    html = "".join(
        (
            '<div class="groq-answer mathjax_ignore tex2jax_ignore">',
            notices_html(settled.notices),
            _reasoning_html(settled) or '<div class="groq-slot-reasoning"></div>',
            f"{_TEXT}{to_html(source)}</div>",
            settled.change.html() if settled.change else "",
            settled.bar.html(settled.slot),
            "</div>",
        )
    )
    data = {
        "text/html": html,
        "text/markdown": safe_markdown(_with_change(source, settled)),
        "text/plain": settled.text,
    }
    return data, dict(settled.metadata)


def unfinished(notices: tuple[str, ...], slot: str, text: str = "") -> dict[str, str]:
    """Return the output of an answer that streams.

    Parameters
    ----------
    notices : tuple of str
        The lines above the answer.
    slot : str
        The slot of its document: the session's page draws it there. A notebook that is saved
        before the end holds the line below.
    text : str, optional
        Safe HTML of what has come, where no page draws it.

    Returns
    -------
    dict
        ``text/html`` and an empty ``text/plain``: nothing that could be taken
        for an answer.
    """
    line = "More is coming; ■ in the toolbar stops it." if text else UNFINISHED
    html = (
        '<div class="groq-answer mathjax_ignore tex2jax_ignore">'
        f'<div class="groq-slot-stream groq-doc-{slot} {TOKEN_CLASS}">'
        f"{notices_html(notices)}"
        f"{f'{_TEXT}{text}</div>' if text else ''}"
        f'<div class="groq-notice">{line}</div></div></div>'
    )
    return {"text/html": html, "text/plain": ""}


def notices_html(notices: tuple[str, ...]) -> str:
    """Return the lines above an answer as safe HTML."""
    return "".join(f'<div class="groq-notice">{phrase_html(line)}</div>' for line in notices)


def _markdown_source(settled: Settled) -> str:
    from groq_magic.rendering import fenced

    match settled.format:
        case _ if settled.change is not None:
            return settled.prose
        case "text":
            return fenced(settled.text)
        case "code" if settled.code:
            return "\n\n".join(fenced(block.code, block.language) for block in settled.code)
        case "json" if settled.data is not None:
            return fenced(json.dumps(settled.data, indent=2, ensure_ascii=False), "json")
        case "json":
            return fenced(settled.text, "json")
        case _:
            return settled.text


def _with_change(source: str, settled: Settled) -> str:
    return f"{source}\n\n{settled.change.markdown()}" if settled.change else source


def _reasoning_html(settled: Settled) -> str:
    from groq_magic.rendering import to_html

    html = settled.saved_reasoning or to_html(settled.reasoning)
    return f"{_FOLD}{html}{_FOLD_END}" if html else ""


def saved_reasoning(html: str) -> str | None:
    """Return the reasoning that a saved answer shows, sanitised.

    Parameters
    ----------
    html : str
        A notebook's, and so anyone's.

    Returns
    -------
    str or None
        Safe HTML; "" where no reasoning is shown, None where it is too long.
    """
    fold = _SAVED_FOLD.search(html)
    end = _SAVED_FOLD_END.search(html, fold.end()) if fold else None
    if fold is None or end is None:
        return ""
    # Importing rendering takes a while, and few saved answers show reasoning.
    from groq_magic.rendering import resanitised

    return resanitised(html[fold.end() : end.start()])


class StaticView:
    """The view where no widget can live: one output, when the answer has settled."""

    def __init__(self) -> None:
        self.stopped = threading.Event()

    def open(self, opening: Opening) -> None:
        """Show nothing yet."""

    def feed(self, text: str, reasoning: str) -> None:
        """Show nothing yet."""

    def progress(self, progress: Progress) -> None:
        """Show nothing yet."""

    def settle(self, settled: Settled) -> None:
        """Display the answer."""
        data, metadata = bundle(settled)
        publish(data, metadata)

    def discard(self) -> None:
        """Leave nothing: nothing was shown."""
