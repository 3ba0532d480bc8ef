"""Scores of the renderer: the specs' examples, and real answers against cmark-gfm.

    python tests/benchmarks/rendering_scores.py [--commonmark spec.txt] [--gfm spec.txt]
        [--answers answers.jsonl] [--verbose]

The spec files are not in this repository (CC BY-SA 4.0, John MacFarlane). `npm pack
commonmark-spec` gives CommonMark's spec.txt; GFM's is test/spec.txt of github/cmark-gfm, which is
CommonMark's version 0.29.0 and 24 examples of its extensions. Answers are JSON objects with a
`markdown`, one a line.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import Element

import cmarkgfm
import markdown
from cmarkgfm.cmark import Options
from lxml.etree import ParserError

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "rendering"))

import dom  # the tests' model of a page

from groq_magic.rendering import elements, gfm, inline_tree, to_html
from groq_magic.rendering.document import Renderer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groq_magic.rendering.links import Target

_EXAMPLE = re.compile(r"^`{32} example[^\n]*\n(.*?)^\.\n(.*?)^`{32}$", re.MULTILINE | re.DOTALL)


def examples(spec: str) -> Iterator[tuple[str, str]]:
    """Yield source and expected HTML of a spec's examples."""
    for found in _EXAMPLE.finditer(spec):
        yield found[1].replace("→", "\t"), found[2].replace("→", "\t")


class _AllTags:
    def __contains__(self, _name: str) -> bool:
        return True


def keep_raw_html() -> None:
    """Keep all HTML and images from now on, as the specs do."""

    def add_image(builder: Any, target: Target, alt: str) -> None:
        facts = inline_tree._attributes("src", target) | {"alt": inline_tree.serialisable(alt)}
        builder._add_element(Element("img", facts))

    gfm.BlockParser = partial(gfm.BlockParser, tags=_AllTags())
    gfm.RawTags.kept = lambda _self, tag: tag
    gfm.Inline._balance = lambda _self, _cell: None
    elements.shown_html = str
    inline_tree._InlineBuilder._add_image = add_image


def spec_score(path: Path, *, verbose: bool) -> tuple[int, int]:
    """Count the examples of a spec that are rendered as it says."""
    converter = markdown.Markdown(extensions=[gfm.Gfm(None)])
    right = total = 0
    for source, expected in examples(path.read_text(encoding="utf-8")):
        total += 1
        got = converter.reset().convert(source.removesuffix("\n"))
        try:
            same = dom.normal(got) == dom.normal(expected)
        except ParserError:  # HTML without an element, such as a comment alone
            same = got.split() == expected.split()
        right += same
        if verbose and not same:
            print(f"--- {path.name} {total}\n{source}expected: {expected!r}\ngot:      {got!r}")
    return right, total


def answer_score(path: Path, *, verbose: bool) -> tuple[int, int, int]:
    """Count the answers whose DOM is cmark-gfm's, and those that lose text."""
    same = lossy = total = 0
    for line in path.read_text(encoding="utf-8").splitlines():
        source = json.loads(line)["markdown"]
        total += 1
        expected = cmarkgfm.markdown_to_html_with_extensions(
            source,
            options=Options.CMARK_OPT_UNSAFE,
            extensions=["table", "strikethrough", "autolink", "tasklist"],
        )
        ours = dom.comparable(Renderer(None).document(source))
        theirs = dom.comparable(expected)
        lossy += dom.loses_text(source, to_html(source))
        if ours == theirs:
            same += 1
        elif verbose:
            print(f"--- answer {total}\n{dom.first_difference(ours, theirs)}")
    return same, lossy, total


def main() -> None:
    """Print the scores asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--commonmark", type=Path)
    parser.add_argument("--gfm", type=Path)
    parser.add_argument("--answers", type=Path)
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    # Answers come first: `keep_raw_html` changes the renderer.
    if options.answers is not None:
        same, lossy, total = answer_score(options.answers, verbose=options.verbose)
        print(f"answers: {same} of {total} have cmark-gfm's DOM; {lossy} lose text")
    keep_raw_html()
    for name in ("commonmark", "gfm"):
        path = getattr(options, name)
        if path is not None:
            right, total = spec_score(path, verbose=options.verbose)
            print(f"{name}: {right} of {total} examples")


if __name__ == "__main__":
    main()
