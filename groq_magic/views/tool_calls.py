"""Tool calls: one line each, and a fold with the details."""

from __future__ import annotations

import base64
import binascii
import json
from html import escape
from typing import TYPE_CHECKING

from groq_magic.clipping import clip, count_of
from groq_magic.printable import SURROGATE, escaped, printable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.tools.call_result import CallResult

__all__ = ["calls_html", "calls_plain"]

_LONGEST_CALL = 100
_LONGEST_IN_LINE = 60
_LONGEST_RESULT, _LONGEST_ARGUMENTS = 4_000, 100_000
_MOST_SOURCES = 20
_REL = "noopener noreferrer nofollow"
_LARGEST_IMAGE = 4_000_000  # characters of base64
_STATES = {
    "queued": "not run yet",
    "pending": "waits for your reply",
    "running": "running",
    "returned": "",
    "failed": "failed",
    "refused": "refused",
    "unanswered": "not run: nobody replied within two minutes",
    "at service": "ran at Groq, billed separately",
}
_ATTENTION = frozenset({"failed", "refused", "unanswered", "stopped"})


def calls_html(calls: Iterable[CallResult]) -> str:
    """Return calls as safe HTML, one element each; "" for none."""
    written = SURROGATE.sub("\ufffd", "".join(map(_call_html, calls)))
    return f'<div class="groq-calls">{written}</div>' if written else ""


def calls_plain(calls: Iterable[CallResult]) -> str:
    """Return calls as plain text; calls that wait for approval with all arguments."""
    lines = []
    for each in calls:
        result = clip(" ".join(_result(each).split()), _LONGEST_CALL)
        pages = (f"{title} {url}" for title, url in each.sources[:_MOST_SOURCES])
        lines += [_heading(each), *(f"  {line}" for line in (result, *pages) if line)]
    return printable("\n".join(lines))


def _call_html(call: CallResult) -> str:
    signature, code = _signature(call), _code(call)
    facts, result = (_state(call), _duration(call)), _result(call)
    aside = " · ".join(filter(None, facts))
    mark = ' class="groq-call-mark"' if call.state in _ATTENTION else ""
    fits = len(result) <= _LONGEST_IN_LINE and len(result.splitlines()) == 1 and not code
    line = (
        f"<code>{escape(clip(signature, _LONGEST_CALL))}</code>"
        + (f" → <code>{escape(printable(result))}</code>" if fits else "")
        + (f" <small{mark}>{escape(aside)}</small>" if aside else "")
    )
    # The user has to see all of a call before approving it; HTML would join several spaces.
    is_cut = (len(signature) > _LONGEST_CALL or "  " in signature) and not code
    body = "".join(
        (
            _code_html(code),
            _block("Arguments", _arguments(call), _LONGEST_ARGUMENTS) if is_cut else "",
            "" if fits else _block("Result", result, _LONGEST_RESULT),
            _sources(call),
        )
    )
    # The fold of code stays closed: the code is shown above its question.
    fold = (
        f"<details{'' if call.is_over or code else ' open'}><summary>{line}</summary>"
        f'<div class="groq-call-body">{body}</div></details>'
    )
    shown = fold if body else f'<div class="groq-call-line">{line}</div>'
    return f'<div class="groq-call">{shown}{"".join(map(_image, call.images))}</div>'


def _block(name: str, text: str, longest: int) -> str:
    if not text:
        return ""
    more = len(text) - longest
    shown = printable(text[:longest])
    rest = f"\n[… {more:,} more characters]" if more > 0 else ""
    return f'<div><small>{name}</small></div><pre dir="auto">{escape(shown)}{rest}</pre>'


def _sources(call: CallResult) -> str:
    items = "".join(
        f'<li><a href="{escape(url)}" rel="{_REL}">{escape(clip(title, 200))}</a></li>'
        for title, url in call.sources[:_MOST_SOURCES]
        if url.startswith(("https://", "http://"))
    )
    return f"<div><small>Sources</small></div><ol>{items}</ol>" if items else ""


def _image(data: str) -> str:
    try:
        is_png = base64.b64decode(data, validate=True).startswith(b"\x89PNG")
    except (binascii.Error, ValueError):
        return ""
    if not is_png or len(data) > _LARGEST_IMAGE:
        return ""
    return f'<img src="data:image/png;base64,{data}" alt="Image drawn by code at Groq">'


def _heading(call: CallResult) -> str:
    signature = _signature(call)
    shown = clip(signature, _LONGEST_CALL) if call.is_over else signature
    facts = (shown, _state(call), _duration(call))
    return " · ".join(filter(None, facts))


def _state(call: CallResult) -> str:
    """Return the state in words; for a stopped call these are in its result."""
    stopped = printable(call.result.rstrip("."))
    return stopped if call.state == "stopped" else _STATES[call.state]


def _result(call: CallResult) -> str:
    return "" if call.state == "stopped" else call.result


def _duration(call: CallResult) -> str:
    if call.seconds is None:
        return ""
    return "under 0.1 s" if call.seconds < 0.1 else f"{call.seconds:,.1f} s"  # noqa: PLR2004 - as shown


def _signature(call: CallResult) -> str:
    """Return the call on one line, as Python writes it: `get_price(city="Oslo")`."""
    code = _code(call)
    if code:
        return f"run_code: {count_of(code.strip().count(chr(10)) + 1, 'line')}"
    try:
        given = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        given = None
    if not isinstance(given, dict):
        return escaped(f"{call.name}({call.arguments})")
    parts = (f"{name}={json.dumps(each, ensure_ascii=False)}" for name, each in given.items())
    return escaped(f"{call.name}({', '.join(parts)})")


def _code(call: CallResult) -> str:
    """Return the code that a call of `--run-code` proposes, "" for any other call."""
    try:
        given = json.loads(call.arguments) if call.is_code else None
    except (ValueError, RecursionError):
        return ""
    code = given.get("code") if isinstance(given, dict) and len(given) == 1 else None
    return code if isinstance(code, str) else ""


def _code_html(code: str) -> str:
    from groq_magic.rendering import fenced, to_html

    return f'<div class="groq-text">{to_html(fenced(code, "python"))}</div>' if code else ""


def _arguments(call: CallResult) -> str:
    try:
        text = json.dumps(json.loads(call.arguments), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        text = call.arguments
    return "\n".join(map(escaped, text.split("\n")))
