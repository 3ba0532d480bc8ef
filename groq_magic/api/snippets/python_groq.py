"""A request in Python, with Groq's SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.api.snippets.literals import PYTHON, literal, members

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["call", "python_groq", "shown"]


def python_groq(request: Mapping[str, Any], base_url: str | None) -> str:
    """Return a request as Python code.

    Parameters
    ----------
    request : mapping
    base_url : str or None
        Where it goes, without `/openai/v1`; None is Groq.
    """
    address = f"base_url={literal(base_url, PYTHON)}" if base_url else ""
    return (
        "from groq import Groq\n\n"
        f"client = Groq({address})  # the key is in GROQ_API_KEY\n\n"
        f"{call(request)}\n{shown(request)}"
    )


def call(request: Mapping[str, Any], unknown: frozenset[str] = frozenset()) -> str:
    """Return the call of an SDK; parameters unknown to it go into `extra_body`."""
    arguments = {name: value for name, value in request.items() if name not in unknown}
    extra = {name: value for name, value in request.items() if name in unknown}
    if extra:
        arguments["extra_body"] = extra
    result = "stream" if request.get("stream") else "completion"
    body = members(arguments, PYTHON, 1, "=")
    return f"{result} = client.chat.completions.create(\n{body})\n"


def shown(request: Mapping[str, Any]) -> str:
    """Return the code that prints the answer."""
    if request.get("stream"):
        return (
            "for chunk in stream:\n"
            "    if chunk.choices:\n"
            '        print(chunk.choices[0].delta.content or "", end="", flush=True)\n'
        )
    if request.get("tools"):
        return "print(completion.choices[0].message)\n"
    return "print(completion.choices[0].message.content)\n"
