"""A request in JavaScript for Node, with Groq's SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.api.snippets.literals import JAVASCRIPT, literal, members

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["node"]


def node(request: Mapping[str, Any], base_url: str | None) -> str:
    """Return a request as an ES module; its parameters are those of `python_groq`."""
    address = f"{{ baseURL: {literal(base_url, JAVASCRIPT)} }}" if base_url else ""
    result = "stream" if request.get("stream") else "completion"
    return (
        'import Groq from "groq-sdk";\n\n'
        f"const groq = new Groq({address}); // the key is in GROQ_API_KEY\n\n"
        f"const {result} = await groq.chat.completions.create({{\n"
        f"{members(request, JAVASCRIPT, 1)}}});\n\n{_shown(request)}"
    )


def _shown(request: Mapping[str, Any]) -> str:
    if request.get("stream"):
        return (
            "for await (const chunk of stream) {\n"
            '  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");\n'
            "}\n"
        )
    if request.get("tools"):
        return "console.log(completion.choices[0].message);\n"
    return "console.log(completion.choices[0].message.content);\n"
