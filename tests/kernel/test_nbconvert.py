"""What `nbconvert` makes of a notebook with answers in it."""

from __future__ import annotations

from typing import Any

from nbconvert import HTMLExporter

ANSWER = """\
A **bold** answer with $x^2$ inside.

It costs $5 now and $10 later.

```python
def mean(x): ...
```
"""


def test_nbconvert_shows_a_saved_answer(run_notebook: Any, practice: Any) -> None:
    practice.script([{"match": None, "reply": ANSWER}])
    run = run_notebook(
        ["%load_ext groq_magic", "%%groq\nshow"],
        cell_ids=True,
        environment={"GROQ_API_KEY": "gsk_kernelTESTkey0123456789", "GROQ_BASE_URL": practice.url},
    )

    html, _ = HTMLExporter().from_notebook_node(run)

    assert "<strong>bold</strong>" in html
    assert "It costs $5 now and $10 later." in html
    assert r"\(x^2\)" in html
    assert "openai/gpt-oss-120b" in html
    # Its style sheet colours code in elements of this class.
    assert '<code class="highlight language-python"><span class="k">def</span>' in html
    assert ".highlight .k {" in html
    assert not any("widget-view" in mime for o in run.cells[1].outputs for mime in o["data"])
