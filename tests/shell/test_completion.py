"""Tab: options, models, variables."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from IPython.core.completer import provisionalcompleter

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest


def completed(cells: Any, text: str, at: int | None = None) -> list[str]:
    """What Tab offers at the end of `text`, or at a place in it."""
    with provisionalcompleter():
        found = cells.shell.Completer.completions(text, len(text) if at is None else at)
        return [each.text for each in found]


def test_tab_completes_options_and_models(bare: Any) -> None:
    assert completed(bare, "%groq --te") == ["--temperature"]
    assert completed(bare, "%%groq --max") == ["--max-tokens"]
    assert completed(bare, "%groq -m open") == ["openai/gpt-oss-120b", "openai/gpt-oss-20b"]
    assert completed(bare, "%groq --model=fa") == ["fast"]
    assert completed(bare, "%groq -t 0 -f js") == ["json"]
    assert completed(bare, "%groq_model qw") == ["qwen/qwen3.8-27b"]
    assert "--seed" in completed(bare, "%groq_retry --s")


def test_tab_completes_variables_between_braces(bare: Any) -> None:
    bare.fine("height = 1; heights = {'mean': 2}")
    assert completed(bare, "%%groq\nTell me of {{hei") == ["heights", "height"]
    assert completed(bare, "%groq Tell me of {{heights[") == ['heights["mean"]']
    assert completed(bare, "%%groq_system\n{{ hei") == ["heights", "height"]
    text = "%%groq\none {{hei}} two"
    assert completed(bare, text, len("%%groq\none {{hei")) == ["heights", "height"]


def test_tab_completes_images(bare: Any) -> None:
    bare.fine("figure = plan = 1")
    assert completed(bare, "%groq -i fig") == ["figure"]
    assert completed(bare, "%%groq --image pl") == ["plot", "plan"]


def test_tab_completes_tools(bare: Any) -> None:
    bare.fine("def get_price(): pass\ndef get_stock(): pass")
    assert set(completed(bare, "%groq --tools get_")) == {"get_price", "get_stock"}
    assert completed(bare, "%%groq --tools get_price,get_s") == ["get_stock"]
    assert completed(bare, "%groq --tools bro") == ["browser_search"]


def test_tab_completes_beyond_an_odd_line_break(bare: Any) -> None:
    bare.fine("height = 1")
    assert completed(bare, "%%groq\na\N{LINE SEPARATOR}b\n{{bare_is_not_there") == []
    assert completed(bare, "%%groq\na\N{LINE SEPARATOR}{{height\nb {{hei") == ["height"]


def test_tab_asks_no_network(
    bare: Any, monkeypatch: pytest.MonkeyPatch, groq_threads: Callable[[], list[str]]
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_made_up")
    monkeypatch.setenv("GROQ_BASE_URL", "http://127.0.0.1:9")
    completed(bare, "%groq -m ")
    assert groq_threads() == []
    assert bare.session.service._account is None


def test_tab_elsewhere_is_pythons(bare: Any) -> None:
    bare.fine("height = 1")
    assert "height" in completed(bare, "hei")
    matcher = bare.shell.Completer.custom_matchers[0]
    context = SimpleNamespace(full_text="x = hei", cursor_line=0, cursor_position=7)
    assert matcher(context)["suppress"] is False
