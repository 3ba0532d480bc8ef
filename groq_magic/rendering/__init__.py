"""Markdown of language models into safe HTML, at once or as it streams in.

In the order that text flows: lines, blocks, inline, elements, sanitiser, patches.
"""

from __future__ import annotations

from groq_magic.rendering.characters import escape
from groq_magic.rendering.document import to_html
from groq_magic.rendering.fences import Fence, fenced_code
from groq_magic.rendering.patches import Patch
from groq_magic.rendering.safe_markdown import safe_markdown
from groq_magic.rendering.saved_html import resanitised
from groq_magic.rendering.stream import MarkdownStream
from groq_magic.rendering.verbatim import fenced

__all__ = [
    "Fence",
    "MarkdownStream",
    "Patch",
    "escape",
    "fenced",
    "fenced_code",
    "resanitised",
    "safe_markdown",
    "to_html",
]
