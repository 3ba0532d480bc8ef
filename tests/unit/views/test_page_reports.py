from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from groq_magic.views import page_reports
from groq_magic.views.page_reports import PageReports

ORDER = "This page can't report the order of its cells (no `kernel.requestExecute`). "
ORDER += "The saved file's order counts: save after you move cells."


PAGE = Path(page_reports.__file__).parent / "page"
PROBES = [
    *re.findall(r'^  "([A-Za-z.]+)":', (PAGE / "lab.mjs").read_text(), re.MULTILINE),
    *re.findall(r'missing\("([A-Za-z.]+)"', (PAGE / "hello.mjs").read_text()),
]


def reported(*missing: str, notebook: str = "a.ipynb", into: PageReports | None = None) -> Any:
    pages = into or PageReports()
    pages.receive({"notebook": notebook, "missing": list(missing)})
    return pages


def test_a_page_that_lacks_nothing_shows_nothing() -> None:
    pages = reported()

    assert pages.line == ""
    assert pages.order_notice() == ()


def test_what_is_missing_is_named_in_the_panel() -> None:
    pages = reported("outputs.fromJSON", "editor.languages")

    assert pages.line == (
        "a reload while an answer streams leaves its cell without it (no `outputs.fromJSON`); "
        "prompts look like code (no `editor.languages`)"
    )
    assert pages.order_notice() == ()


def test_a_loss_is_reported_once_with_all_missing_names() -> None:
    pages = reported("outputs.set", "context.save", "something.new")

    assert pages.line == (
        "a reload while an answer streams leaves its cell without it "
        "(no `outputs.set`, `context.save`); something on this page (no `something.new`)"
    )


@pytest.mark.parametrize("name", PROBES)
def test_each_name_that_a_page_can_report_has_its_loss(name: str) -> None:
    assert not reported(name).line.startswith("something")


def test_a_page_that_cant_report_its_cells_is_named_once() -> None:
    pages = reported("outputs.fromJSON", "kernel.requestExecute")

    assert pages.order_notice() == (ORDER,)
    assert pages.order_notice() == ()


def test_a_page_that_is_loaded_again_replaces_its_report() -> None:
    pages = reported("outputs.fromJSON")
    reported("editor.languages", notebook="b.ipynb", into=pages)
    reported(into=pages)

    assert pages.missing == ("editor.languages",)


@pytest.mark.parametrize(
    "hello",
    [
        None,
        "kernel.requestExecute",
        ["kernel.requestExecute"],
        {},
        {"missing": None},
        {"missing": "kernel.requestExecute"},
        {"missing": {"kernel.requestExecute": 1}},
        {"missing": [None, 1, ["a"], {"b": 1}]},
        {"missing": ["<img src=x onerror=alert(1)>", "`a`", "a\nb", "", "x" * 41, "1/0"]},
        {"missing": [], "notebook": ["a"]},
    ],
    ids=repr,
)
def test_an_odd_report_names_nothing(hello: Any) -> None:
    pages = PageReports()
    pages.receive(hello)

    assert pages.missing == ()
    assert pages.line == ""


def test_a_flood_of_names_and_pages_is_cut() -> None:
    pages = PageReports()
    for page in range(100):
        names = [chr(97 + index % 26) * (1 + page % 40) for index in range(10_000)]
        pages.receive({"notebook": f"{page}.ipynb", "missing": names})

    assert 20 < len(pages.missing) <= 20 * 20
    assert max(map(len, pages.missing)) <= 40


def test_every_name_that_a_page_can_report_is_kept() -> None:
    page = Path(page_reports.__file__).parent / "page"
    names = re.findall(r'^  "([\w.]+)":', (page / "lab.mjs").read_text("utf-8"), re.MULTILINE)
    names += re.findall(r'missing\("([\w.]+)"', (page / "hello.mjs").read_text("utf-8"))

    assert len(names) > 10
    assert reported(*names).missing == tuple(names)


@pytest.mark.parametrize(
    "missing",
    [
        "notebook",
        "notebook.cells",
        "sharedModel.getSource",
        "sharedModel.setSource",
        "model.contentChanged",
    ],
)
def test_a_page_without_the_needed_functions_cannot_replace_cells(missing: str) -> None:
    assert not PageReports().can_replace
    assert not reported(missing).can_replace
    assert reported("editor.languages").can_replace
    assert reported(notebook="b.ipynb", into=reported(missing)).can_replace
    is_of_this = missing in {"sharedModel.setSource", "model.contentChanged"}
    line = "fixed cells can't replace those that failed"
    assert (line in reported(missing).line) is is_of_this
