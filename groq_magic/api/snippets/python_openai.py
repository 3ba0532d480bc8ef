"""A request in Python, with OpenAI's SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.api.base_url import GROQ_URL
from groq_magic.api.snippets.literals import PYTHON, literal
from groq_magic.api.snippets.python_groq import call, shown

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["python_openai"]

# What Groq's `chat.completions.create` takes and OpenAI's does not.
_GROQS_OWN = frozenset(
    {
        "citation_options",
        "compound_custom",
        "disable_tool_validation",
        "documents",
        "exclude_domains",
        "include_domains",
        "include_reasoning",
        "reasoning_format",
        "search_settings",
    }
)


def python_openai(request: Mapping[str, Any], base_url: str | None) -> str:
    """Return a request as Python code; its parameters are those of `python_groq`."""
    address = literal(f"{base_url or GROQ_URL}/openai/v1", PYTHON)
    return (
        "import os\n\n"
        "from openai import OpenAI\n\n"
        "client = OpenAI(\n"
        f"    base_url={address},\n"
        '    api_key=os.environ["GROQ_API_KEY"],\n'
        ")\n\n"
        f"{call(request, _GROQS_OWN)}\n{shown(request)}"
    )
