"""Whole answers: the same DOM as cmark-gfm's, and no text lost."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from groq_magic.rendering import MarkdownStream, to_html
from groq_magic.rendering.document import Renderer

_ANSWERS = os.environ.get("GROQ_MAGIC_ANSWERS", "")

SAMPLES = {
    "a recipe with numbered steps": """\
Sure! Here's how to do it:

1. **Load the data**:
   ```python
   import pandas as pd

   frame = pd.read_csv("data.csv")
   ```
2. **Look at it**: call `frame.head()`.
   - It shows *five* rows.
   - Missing values are `NaN`.

3. Plot it.

**Tips:**
- Use `dtype=` where you can
- See <https://pandas.pydata.org> or https://pandas.pydata.org/docs/.
""",
    "a comparison as a table": """\
### Lists or tuples?
| Feature | List | Tuple |
|---------|:----:|------:|
| Mutable | ✅ Yes | ❌ No |
| Syntax | `[1, 2]` | `(1, 2)` |
| Or | `a \\| b` | ~~none~~ |

> **Note:** tuples are hashable,
lists are not.
---
1) first
2) second
- [x] done
- [ ] open
""",
    "an essay": """\
# Title

A paragraph with __init__.py, snake_case_names and 2 * 3 * 4.
It goes on.

Another, with a hard break\\
here. (See [the docs](https://x.org/a_(b)) for more.)

***Very*** important: 100% of \\*literal\\* marks & <b>HTML</b>.

1986. A great year.

```
no language
\ttab
```
""",
}


def _expected(source: str) -> str:
    html: str = cmarkgfm.markdown_to_html_with_extensions(
        source,
        options=Options.CMARK_OPT_UNSAFE,
        extensions=["table", "strikethrough", "autolink", "tasklist"],
    )
    return html


@pytest.mark.parametrize("name", SAMPLES)
def test_answer_has_the_dom_of_cmark_gfm(dom: Any, name: str) -> None:
    source = SAMPLES[name]
    assert dom.comparable(to_html(source)) == dom.comparable(_expected(source))
    assert not dom.loses_text(source, to_html(source))


@pytest.mark.skipif(not _ANSWERS, reason="GROQ_MAGIC_ANSWERS names no file of answers")
def test_real_answers_have_the_dom_of_cmark_gfm(dom: Any) -> None:
    lines = Path(_ANSWERS).read_text(encoding="utf-8").splitlines()
    sources = [json.loads(line)["markdown"] for line in lines]
    same = sum(
        dom.comparable(Renderer(None).document(source)) == dom.comparable(_expected(source))
        for source in sources
    )
    assert same >= 0.998 * len(sources)


@pytest.mark.skipif(not _ANSWERS, reason="GROQ_MAGIC_ANSWERS names no file of answers")
def test_real_answers_stream_to_the_same_html() -> None:
    for line in Path(_ANSWERS).read_text(encoding="utf-8").splitlines()[::10]:
        source = json.loads(line)["markdown"]
        stream = MarkdownStream(formulas="tex")
        for start in range(0, len(source), 37):
            stream.feed(source[start : start + 37])
        stream.finish()
        assert stream.html() == to_html(source)
