"""The static output of an answer, which a notebook keeps."""

from __future__ import annotations

import json
import re
import threading
from typing import TYPE_CHECKING, Any

from groq_magic.views.phrase import phrase_html
from groq_magic.views.show import publish
from groq_magic.views.slots import TOKEN_CLASS, slot_classes
from groq_magic.views.thumbnails import thumbnails_html
from groq_magic.views.tool_calls import calls_html, calls_plain

if TYPE_CHECKING:
    from groq_magic.tools.call_result import CallResult
    from groq_magic.views.answer_facts import AnswerStart, FinishedAnswer, Progress
    from groq_magic.views.thumbnails import Thumbnail

__all__ = [
    "UNFINISHED",
    "StaticView",
    "bundle",
    "live_slot",
    "notices_html",
    "saved_reasoning",
    "unfinished",
    "warning_lines",
    "warnings_html",
]

# In notebooks that are saved while an answer streams.
UNFINISHED = (
    "This answer is not finished. It appears here once it is; "
    "if its kernel has stopped, run the cell again."
)
# Inline, for notebooks that are read without our style sheet.
_WARNING = "border-left: 3px solid #c77700; padding-left: 10px; margin-bottom: 8px"
_FOLD = '<details class="groq-reasoning"><summary>Reasoning</summary><div dir="auto">'
_FOLD_END = "</div></details>"
_TEXT = '<div class="groq-text" dir="auto">'
# In answers saved by this version and by earlier ones.
_SAVED_FOLD = re.compile(re.sub(' dir="auto"', '(?: dir="auto")?', _FOLD))
_SAVED_FOLD_END = re.compile(re.sub(' dir="auto"', '(?: dir="auto")?', f"{_FOLD_END}{_TEXT}"))


def bundle(answer: FinishedAnswer) -> tuple[dict[str, str], dict[str, Any]]:
    """Return the MIME bundle and the metadata that a notebook keeps of an answer.

    Parameters
    ----------
    answer : FinishedAnswer
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
    # Rendering imports markdown, and importing views must stay light.
    from groq_magic.rendering import safe_markdown, to_html

    source = _markdown_source(answer)
    html = "".join(
        (
            '<div class="groq-answer mathjax_ignore tex2jax_ignore">',
            thumbnails_html(answer.images),
            warnings_html(answer.warnings),
            notices_html(answer.notices),
            _reasoning_html(answer) or '<div class="groq-slot-reasoning"></div>',
            calls_html(answer.calls),
            f"{_TEXT}{to_html(source)}</div>",
            _change_html(answer),
            answer.bar.html(f"{answer.live.answer} {answer.slot}".strip()),
            "</div>",
        )
    )
    data = {
        "text/html": html,
        "text/markdown": safe_markdown(_with_change(source, answer)),
        "text/plain": answer.text,
    }
    return data, dict(answer.metadata)


def unfinished(
    notices: tuple[str, ...],
    slot: str,
    text: str,
    images: tuple[Thumbnail, ...],
    calls: tuple[CallResult, ...] = (),
) -> dict[str, str]:
    """Return the output of an answer that streams.

    Parameters
    ----------
    notices : tuple of str
        The lines above the answer.
    slot : str
        The slot of its document, where the session's page draws it. A notebook that is saved
        before the end contains a line instead.
    text : str
        Safe HTML of the text so far, if no page draws it.
    images : tuple of Thumbnail
        The images above the slot.
    calls : tuple of CallResult, optional
        The tool calls so far, if no page draws them.

    Returns
    -------
    dict
        ``text/html`` and an empty ``text/plain``, which can't be mistaken for an answer.
    """
    line = "" if text or calls else UNFINISHED
    so_far = (notices_html(notices), calls_html(calls), f"{_TEXT}{text}</div>" if text else "")
    return live_slot(slot, "".join(so_far), line, thumbnails_html(images))


def live_slot(slot: str, so_far: str, line: str, above: str = "") -> dict[str, str]:
    """Return an output with the slot of a document, which the session's page draws.

    Parameters
    ----------
    slot : str
    so_far : str
        Safe HTML of the content so far, for a saved notebook.
    line : str
        The line below it; "" for "More is coming".
    above : str, optional
        Safe HTML above the slot.
    """
    line = line or "More is coming; ■ in the toolbar stops it."
    html = (
        f'<div class="groq-answer mathjax_ignore tex2jax_ignore">{above}'
        f'<div class="groq-slot-stream groq-doc-{slot} {TOKEN_CLASS}">{so_far}'
        f'<div class="groq-notice">{line}</div></div></div>'
    )
    return {"text/html": html, "text/plain": ""}


def notices_html(notices: tuple[str, ...]) -> str:
    """Return the lines above an answer as safe HTML."""
    return "".join(f'<div class="groq-notice">{phrase_html(line)}</div>' for line in notices)


def warnings_html(warnings: tuple[str, ...]) -> str:
    """Return the slot of the stale warning, and the warnings above an answer, as safe HTML."""
    return f'<div class="groq-slot-stale"></div>{warning_lines(warnings)}'


def warning_lines(warnings: tuple[str, ...]) -> str:
    """Return warnings as safe HTML."""
    return "".join(
        f'<div class="groq-warning" style="{_WARNING}">{phrase_html(line)}</div>'
        for line in warnings
    )


def _markdown_source(answer: FinishedAnswer) -> str:
    from groq_magic.rendering import fenced

    match answer.format:
        case _ if answer.change is not None:
            return answer.prose
        case "text":
            return fenced(answer.text)
        case "code" if answer.code:
            return "\n\n".join(fenced(block.code, block.language) for block in answer.code)
        case "data":
            return _data_source(answer.text)
        case "json":
            # Invalid JSON is shown without colours.
            data = answer.data
            written = "" if data is None else json.dumps(data, indent=2, ensure_ascii=False)
            return fenced(written, "json") if written else fenced(answer.text)
        case _:
            return answer.text


def _data_source(text: str) -> str:
    """Return typed data as Markdown; text that is not JSON in a fence."""
    from groq_magic.rendering import data_markdown, fenced

    try:
        return data_markdown(json.loads(text))
    except (ValueError, RecursionError):
        return fenced(text)


def _with_change(source: str, answer: FinishedAnswer) -> str:
    return f"{source}\n\n{answer.change.markdown()}" if answer.change else source


def _change_html(answer: FinishedAnswer) -> str:
    if answer.change is None:
        return ""
    is_replaceable = answer.live.replacement is not None
    return answer.change.html(slot_classes("groq-slot-replace") if is_replaceable else "")


def _reasoning_html(answer: FinishedAnswer) -> str:
    from groq_magic.rendering import to_html

    html = answer.saved_reasoning or to_html(answer.reasoning)
    return f"{_FOLD}{html}{_FOLD_END}" if html else ""


def saved_reasoning(html: str) -> str | None:
    """Return the reasoning that a saved answer shows, sanitised.

    Parameters
    ----------
    html : str
        From a notebook, so it can be anything.

    Returns
    -------
    str or None
        Safe HTML; "" where no reasoning is shown, None where it is too long.
    """
    fold = _SAVED_FOLD.search(html)
    end = _SAVED_FOLD_END.search(html, fold.end()) if fold else None
    if fold is None or end is None:
        return ""
    # Rendering imports markdown, and few saved answers show reasoning.
    from groq_magic.rendering import sanitise_saved_html

    return sanitise_saved_html(html[fold.end() : end.start()])


class StaticView:
    """The view for front ends without widgets: one output, once the answer is complete."""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._asked: CallResult | None = None

    def open(self, start: AnswerStart) -> None:
        """Show nothing yet."""

    def feed(self, text: str, reasoning: str) -> None:
        """Show nothing yet."""

    def restart(self, line: str) -> None:
        """Show nothing yet."""

    def calls(self, calls: tuple[CallResult, ...]) -> None:
        """Show a call that waits for approval, once; finish() shows all calls."""
        waiting = next((each for each in calls if each.state == "pending"), None)
        # Proposed code has a display of its own.
        if waiting is not None and waiting is not self._asked and not waiting.is_code:
            self._asked = waiting
            publish({"text/plain": calls_plain([waiting])})

    def move(self) -> None:
        """Show nothing yet."""

    def progress(self, progress: Progress) -> None:
        """Show nothing yet."""

    def finish(self, answer: FinishedAnswer) -> None:
        """Display the answer."""
        data, metadata = bundle(answer)
        publish(data, metadata)

    def discard(self) -> None:
        """Leave nothing: nothing was shown."""
