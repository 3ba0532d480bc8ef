"""`%groq_export`."""

from __future__ import annotations

from dataclasses import replace
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groq_magic.api.base_url import GROQ_URL
from groq_magic.api.snippet_images import image_files
from groq_magic.api.snippets import LANGUAGES, snippet
from groq_magic.asking.next_cell import insert_below
from groq_magic.errors import NotebookError, OptionError
from groq_magic.magics.conversation import turn_numbered
from groq_magic.magics.line_parser import parse_with_target
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.views.phrase import quoted
from groq_magic.views.show import show, show_lines
from groq_magic.views.slots import TOKEN_CLASS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from groq_magic.ledger.request_history import AskLabel
    from groq_magic.session.session import Session

__all__ = ["groq_export"]

_UNANSWERED = (
    "The last ask got no answer; this is the last answered request. "
    "`_groq.request` is the unanswered one."
)


def groq_export(session: Session, line: str) -> None:
    """Show the last request as code: `%groq_export [--as python|openai|curl|node] [TURN]`.

    The code sends exactly what the last answered ask sent, or the ask of TURN,
    a number of `%groq_history`; `-c NAME` takes TURN from another conversation.
    `--stream` and `--no-stream` choose how the code reads the answer, `--cell`
    puts Python into the next cell. The code takes the key from GROQ_API_KEY,
    and images from files, which are saved into the kernel's folder.
    """
    given, first, rest = parse_with_target(line, OPTIONS_OF["groq_export"], "%groq_export", bool)
    turn = f"{first} {rest}".strip()
    kind = given.get("as", "python")
    if given.get("cell") and LANGUAGES[kind] != "python":
        raise OptionError(f"--cell takes Python, not {kind}.", "Use --as python or openai.")
    service = session.service
    # The practice server's address is temporary: the code uses Groq's.
    address = GROQ_URL if service.in_practice else service.base_url()
    request, label = _request(session, turn, given.get("conversation"))
    # A secret may be newer than the request.
    secrets = session.secrets()
    request = secrets.hide_in_request(request)
    label = replace(label, prompt=secrets.hide(label.prompt))
    code = snippet(request, kind, address, stream=given.get("stream")).rstrip("\n")
    if not turn and session.requests.has_failed_since:
        show_lines(_UNANSWERED)
    _save(image_files(request))
    if given.get("cell"):
        insert_below(session, code)
        return
    show(_html(label, code, LANGUAGES[kind]), code)


def _request(
    session: Session, turn: str, conversation: str | None
) -> tuple[Mapping[str, Any], AskLabel]:
    """Return the request of a turn, or the last one, and the label of its ask."""
    if not turn:
        if conversation:
            raise OptionError("-c needs a turn's number.", "`%groq_history -c NAME` shows it.")
        if session.requests.last is None:
            raise NotebookError("Nothing was answered yet.", "Ask something with `%%groq`.")
        return session.requests.last, session.requests.last_label
    name = conversation or session.settings.conversation
    session.order_turns()
    number = int(turn) if turn.isdecimal() and turn.isascii() and len(turn) < 10 else 0  # noqa: PLR2004 - longer numbers are slow to convert, and no turn has one
    found = turn_numbered(session, name, number, turn[:20])
    request = session.requests.of(found.revision)
    if request is None:
        raise NotebookError(
            f"The request of turn {number} is not known in this session.",
            "Run its cell again.",
        )
    return request, session.requests.label_of(found.revision)


def _save(files: Mapping[str, bytes]) -> None:
    """Save the images that the code reads; the name of a file depends on its content."""
    for name, data in files.items():
        try:
            Path(name).write_bytes(data)
        except OSError as error:
            happened = f"The image `{name}` can't be saved ({error.strerror})."
        else:
            continue
        raise NotebookError(happened, "Change to another folder with `%cd`.")
    if files:
        listed = ", ".join(f"`{name}`" for name in files)
        show_lines(f"Saved for this code: {listed}.")


def _html(label: AskLabel, code: str, language: str) -> str:
    from groq_magic.rendering import fenced, to_html

    cell = f" of cell {label.cell}" if label.cell is not None else ""
    ask = f"The request{cell}, {quoted(label.prompt)}:"
    html = to_html(fenced(code, language))
    return (
        f'<div class="groq-answer groq-export mathjax_ignore tex2jax_ignore {TOKEN_CLASS}">'
        f'<div dir="auto">{escape(ask)}</div><div class="groq-text" dir="auto">{html}</div></div>'
    )
