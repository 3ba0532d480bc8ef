"""A request for a shell, with cURL."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from groq_magic.api.base_url import GROQ_URL

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["curl"]


def curl(request: Mapping[str, Any], base_url: str | None) -> str:
    """Return a request as a shell command; its parameters are those of `python_groq`.

    The body is a here-document: it stands as it is, whatever quotes, `$` and
    backticks it holds, and may be longer than an argument.
    """
    address = shlex.quote(f"{base_url or GROQ_URL}/openai/v1/chat/completions")
    unbuffered = " -N" if request.get("stream") else ""
    body = json.dumps(dict(request), indent=2, ensure_ascii=False)
    # JSON escapes line ends inside texts, so no line of it can end the document.
    shown = "".join(c if c.isprintable() or c == "\n" else _escape(c) for c in body)
    return (
        f"curl{unbuffered} {address} \\\n"
        '  -H "Authorization: Bearer $GROQ_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  --data-binary @- <<'JSON'\n{shown}\nJSON\n"
    )


def _escape(c: str) -> str:
    return json.dumps(c)[1:-1]
