"""Markdown of language models to safe HTML, at once or as it streams in.

The files, in the order in which text passes through them:

1. lines: `lines` cleans the text and reads a line by its columns.
2. blocks: `block_parser` reads line after line into a `block_tree`; `block_lines`, `tables` and
   `raw_html` recognise the lines that open, continue or end a block.
3. inline: `inline_parser` splits a block's text into `inline_tokens`; `inline_spans` finds where
   code, formulas and tags end, `links` reads links, `maths` decides which formulas are drawn.
   `incomplete` closes open marks while text still comes in.
4. elements: `elements` turns blocks into an element tree, `inline_tree` tokens; `highlight`
   colours code, `direction` marks right-to-left text. `gfm` plugs these steps into
   Python-Markdown, whose serialiser writes the tree.
5. sanitiser: all HTML passes through `sanitise`; HTML from a saved file passes through it
   again (`saved_html`).
6. patches: `document` renders a whole text, block by block or in pieces of blocks; `stream`
   renders a growing text as `patches`, with `page_blocks`, `late_links` and `pace`.

The same blocks are written as Markdown by `safe_markdown` and `safe_text`, and their code is
found by `fences`.
"""

from __future__ import annotations

from groq_magic.rendering.characters import escape
from groq_magic.rendering.data_markdown import data_markdown, shows_all
from groq_magic.rendering.document import to_html
from groq_magic.rendering.fences import Fence, code_span, fenced, fenced_code
from groq_magic.rendering.growing_data import GrowingData
from groq_magic.rendering.highlight import coloured_lines
from groq_magic.rendering.patches import Patch
from groq_magic.rendering.safe_markdown import safe_markdown
from groq_magic.rendering.saved_html import sanitise_saved_html
from groq_magic.rendering.stream import MarkdownStream

__all__ = [
    "Fence",
    "GrowingData",
    "MarkdownStream",
    "Patch",
    "code_span",
    "coloured_lines",
    "data_markdown",
    "escape",
    "fenced",
    "fenced_code",
    "safe_markdown",
    "sanitise_saved_html",
    "shows_all",
    "to_html",
]
