"""Find the parts of cells that front ends hide: by metadata, tags, or a collapsed heading."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from groq_magic.conversation.json_values import mapping_of, sequence_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["HiddenParts", "hidden_parts"]

# Of JupyterLab, Notebook 7 and VS Code; of Notebook 6 and its extensions; of Colab.
_SOURCE_KEYS = ("source_hidden", "hide_input", "hideCode", "hide_code", "inputCollapsed")
_OUTPUT_KEYS = ("outputs_hidden", "hide_output", "hideOutput", "collapsed", "outputCollapsed")
_GROUPS = ("jupyter", "vscode", "colab", "nteract")
# As in Jupyter Book, MyST, Voila and nbconvert, with `_` too.
_TAG = re.compile(r"(?:hide|remove)[-_](input|source|code|outputs?|cell)")
_COLLAPSED = ("jp-MarkdownHeadingCollapsed", "heading_collapsed")
_HEADING = re.compile(r"(#{1,6}) [^\s#]")
# Lines that may be headings too: front ends use the highest one of a cell.
_HEADINGS = re.compile(r"^[ \t>*+.)\d-]{0,40}(#{1,6})(?!#)", re.MULTILINE)
_OTHER_HEADINGS = re.compile(r"^[ \t>]{0,40}(?:=+|-+)[ \t]*$|<h[1-6]", re.MULTILINE | re.IGNORECASE)

HiddenParts = frozenset[str]


def hidden_parts(notebook: Mapping[str, Any]) -> Iterator[HiddenParts]:
    """Yield the hidden parts of each cell: "source", "outputs".

    Parameters
    ----------
    notebook : Mapping
        The parsed file; it is not trusted: in doubt a cell counts as hidden.
    """
    whole = mapping_of(mapping_of(notebook).get("metadata"))
    everywhere = {"source"} if any(whole.get(key) for key in _SOURCE_KEYS) else set()
    below = 0  # the level of the collapsed heading above, 0 for none
    for each in sequence_of(mapping_of(notebook).get("cells")):
        cell = mapping_of(each)
        metadata = mapping_of(cell.get("metadata"))
        if cell.get("cell_type") == "markdown":
            source = text_of(cell.get("source")) or ""
            level = _level(source)
            if below and level and level <= below:
                below = 0
            if not below and any(metadata.get(key) for key in _COLLAPSED):
                below = _highest(source) if level else 1
        yield frozenset({"source", "outputs"} if below else everywhere | _hidden_by(metadata))


def _hidden_by(metadata: Mapping[str, Any]) -> set[str]:
    groups = [metadata, *(mapping_of(metadata.get(name)) for name in _GROUPS)]
    found = set()
    if any(group.get(key) for group in groups for key in _SOURCE_KEYS):
        found.add("source")
    if any(group.get(key) for group in groups for key in _OUTPUT_KEYS):
        found.add("outputs")
    if metadata.get("cellView") == "form":
        found.add("source")
    tags = [str(tag) for tag in sequence_of(metadata.get("tags"))]
    for tag in filter(None, map(_TAG.fullmatch, tags)):
        found |= {"source", "outputs"} if tag[1] == "cell" else set()
        found.add("outputs" if tag[1].startswith("output") else "source")
    return found


def _level(markdown: str) -> int:
    """Return the level of the heading that a Markdown cell begins with, 0 for none."""
    found = _HEADING.match(markdown.lstrip("\n"))
    return len(found[1]) if found else 0


def _highest(markdown: str) -> int:
    """Return the level of the highest heading that a Markdown cell may contain."""
    is_other = _OTHER_HEADINGS.search(markdown) is not None
    return 1 if is_other else min((len(found) for found in _HEADINGS.findall(markdown)), default=1)
