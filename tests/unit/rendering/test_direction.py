"""Each block runs as its own text does; code runs from the left."""

from __future__ import annotations

import pytest

from groq_magic.rendering import to_html
from tests.unit.rendering.dom import with_styles


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("From the left, *all* of it: 1.", "<p>From the left, <em>all</em> of it: 1.</p>"),
        ("עברית", '<p dir="rtl">עברית</p>'),
        ("العربية: 12", '<p dir="rtl">العربية: 12</p>'),
        ("An עברית word", "<p>An עברית word</p>"),
        ("12: **עברית** and English", '<p dir="rtl">12: <strong>עברית</strong> and English</p>'),
        ("`df` עברית", '<p dir="rtl"><code dir="ltr">df</code> עברית</p>'),
        ("# עברית", '<h1 dir="rtl">עברית</h1>'),
        ("English\n\nעברית", '<p>English</p>\n<p dir="rtl">עברית</p>'),
        ("```\nעברית\n```", "<pre><code>עברית\n</code></pre>"),
        ("- עברית\n- item", '<ul>\n<li dir="rtl">עברית</li>\n<li>item</li>\n</ul>'),
        (
            "- עברית\n  - item\n  - 1",
            '<ul>\n<li dir="rtl">עברית<ul dir="ltr"><li>item</li><li>1</li></ul></li>\n</ul>',
        ),
        (
            "- עברית\n\n  ```\n  x\n  ```",
            '<ul>\n<li dir="rtl"><p>עברית</p><pre dir="ltr"><code>x\n</code></pre></li>\n</ul>',
        ),
        (
            "| א |\n|---|",
            '<table dir="rtl"><thead><tr><th>א</th></tr></thead></table>',
        ),
    ],
)
def test_a_block_has_the_direction_of_its_first_strong_character(source: str, html: str) -> None:
    assert to_html(source).strip() == with_styles(html)
