"""What an answer says of a page that can't report the order of its cells."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.magics.display import live_of, panel_facts
from groq_magic.page.cell import TOKEN

NOTICE = (
    "This page can&#x27;t report the order of its cells (no <code>kernel.requestExecute</code>). "
    "The saved file&#x27;s order counts: save after you move cells."
)


@pytest.fixture
def reporting(echoed: Any) -> Any:
    """A shell whose page lacks what its order needs."""
    hello = {"notebook": "a.ipynb", "missing": ["kernel.requestExecute"]}
    live_of(echoed.session).pages.receive(hello)
    return echoed


def test_it_is_named_once_above_the_first_answer_that_it_can_matter_to(reporting: Any) -> None:
    asks = [reporting.fine(f"%%groq\n{word}", word) for word in ("One", "Two", "Three")]

    assert [NOTICE in ask.data["text/html"] for ask in asks] == [False, True, False]


def test_an_ask_with_an_order_is_not_concerned(reporting: Any) -> None:
    reporting.fine("%%groq\nOne", "a")
    order = {"groqOrder": ["a", "b"], "groqNotebook": "b.ipynb", "groqToken": TOKEN}
    reporting.shell.get_parent = lambda: {"metadata": {"cellId": "b", **order}}

    assert NOTICE not in reporting.fine("%%groq\nTwo", "b").data["text/html"]


def test_the_panel_names_it_until_the_page_has_it(reporting: Any) -> None:
    assert panel_facts(reporting.session).page == (
        "the saved file's order of cells counts (no `kernel.requestExecute`)"
    )

    reporting.session.live.pages.receive({"notebook": "a.ipynb", "missing": []})

    assert panel_facts(reporting.session).page == ""
