"""Ids that older tutorials name, and what took their place.

From Groq's deprecation page as of 2026-10-01. A key's own `/models` answer
is the truth: an id that stands there is not retired for that key.
"""

from __future__ import annotations

from types import MappingProxyType

__all__ = ["GENERAL", "RETIRED", "SMALL", "replacement_for"]

GENERAL = "openai/gpt-oss-120b"
SMALL = "openai/gpt-oss-20b"
_VISION = "qwen/qwen3.8-27b"

RETIRED = MappingProxyType(
    {
        "llama-3.1-70b-versatile": GENERAL,
        "llama-3.3-70b-versatile": GENERAL,
        "llama3-70b-8192": GENERAL,
        "llama-3.1-8b-instant": SMALL,
        "llama3-8b-8192": SMALL,
        "mixtral-8x7b-32768": GENERAL,
        "deepseek-r1-distill-llama-70b": GENERAL,
        "gemma-7b-it": SMALL,
        "gemma2-9b-it": SMALL,
        "meta-llama/llama-4-maverick-17b-128e-instruct": _VISION,
        "meta-llama/llama-4-scout-17b-16e-instruct": _VISION,
        "moonshotai/kimi-k2-instruct": GENERAL,
        "moonshotai/kimi-k2-instruct-0905": GENERAL,
        "qwen/qwen3-32b": GENERAL,
        "qwen/qwen3.6-27b": _VISION,
        "groq/compound": GENERAL,
        "groq/compound-mini": SMALL,
        "compound-beta": GENERAL,
        "compound-beta-mini": SMALL,
        "playai-tts": "canopylabs/orpheus-v1-english",
    }
)


def replacement_for(model: str) -> str | None:
    """Return what took the place of a retired id, None for one that is not known as retired."""
    wanted = model.lower()
    for retired, replacement in RETIRED.items():
        if wanted in {retired, retired.rpartition("/")[2]}:
            return replacement
    return None
