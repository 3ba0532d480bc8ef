"""Markdown of language models into safe HTML, at once or as it streams in.

The files in the order that text flows:

1. lines: `lines` cleans the text and reads a line by its columns.
2. blocks: `block_parser` takes line after line into a `block_tree`; `block_lines`, `tables` and
   `raw_html` tell how the lines look that open, continue or end a block.
3. inline: `inline_parser` takes a block's text into `inline_tokens`; `inline_spans` finds where
   code, formulas and tags end, `links` reads links, `maths` decides which formulas are drawn.
   `incomplete` closes what is open while text still comes in.
4. elements: `elements` makes the blocks an element tree, `inline_tree` the tokens,
   `highlight` colours code, `direction` marks text from the right. `gfm` sets these steps into
   Python-Markdown, whose serialiser writes the tree.
5. sanitiser: `sanitise` is the one door through which HTML leaves; `saved_html` takes HTML from
   a saved file through it again.
6. patches: `document` gives a whole text's HTML, block by block or in their pieces; `stream`
   gives a growing text's as `patches`, with `groups`, `late_links` and `pace`.

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
from groq_magic.rendering.saved_html import resanitised
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
    "resanitised",
    "safe_markdown",
    "shows_all",
    "to_html",
]
