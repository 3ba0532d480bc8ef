"""%groq_models: which is which, sorted, as a frame, and what became of the retired ones."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from groq_magic.errors import ModelError, OptionError


def ids(ran: Any) -> list[str]:
    """The models of a listing, in order."""
    return [line.split()[0] for line in ran.plain.split("\n\n")[0].splitlines()[2:]]


def test_shows_each_models_task_window_features_and_price(cells: Any) -> None:
    plain = cells.fine("%groq_models").plain
    row = next(line for line in plain.splitlines() if line.startswith("openai/gpt-oss-20b "))
    assert row.split()[1:4] == ["fast", "0.075", "/"]
    assert "131,072 / 65,536  tools, JSON, JSON schema, reasoning" in row
    assert "whisper" not in plain
    assert "2026-10-01" in plain


def test_the_default_comes_first(cells: Any) -> None:
    assert ids(cells.fine("%groq_models"))[0] == "openai/gpt-oss-120b"


def test_the_model_in_use_is_marked(cells: Any) -> None:
    assert "openai/gpt-oss-120b ✓  " in cells.fine("%groq_models").plain
    cells.fine("%groq_model vision")
    ran = cells.fine("%groq_models")
    assert "qwen/qwen3.8-27b ✓" in ran.plain
    assert ran.plain.count("✓") == 2  # the second explains it
    assert "✓ marks the model in use." in ran.data["text/html"]
    cells.session.settings.model = "some/other"
    assert "✓" not in cells.fine("%groq_models").plain


def test_sorts_by_name_price_and_context(cells: Any) -> None:
    names = ids(cells.fine("%groq_models --sort name"))
    assert names == sorted(names, key=lambda name: name.rpartition("/")[2])
    prices = ids(cells.fine("%groq_models --sort price"))
    assert prices[0] == "openai/gpt-oss-20b"
    by_context = ids(cells.fine("%groq_models --sort context"))
    windows = dict(
        zip(by_context, (m.context_window for m in _models(cells, by_context)), strict=True)
    )
    assert list(windows.values()) == sorted(windows.values(), reverse=True)
    assert isinstance(cells.run("%groq_models --sort size").error, OptionError)


def _models(cells: Any, names: list[str]) -> list[Any]:
    return [cells.session.service.catalogue().get(name) for name in names]


def test_measured_speeds_sort_and_are_in_the_frame_but_are_not_saved(cells: Any) -> None:
    before = cells.fine("%groq_models").data
    cells.fine("%%groq -m qwen/qwen3.8-27b\nHi", "a")
    assert ids(cells.fine("%groq_models --sort speed"))[0] == "qwen/qwen3.8-27b"
    assert cells.fine("%groq_models").data == before
    cells.fine("frame = %groq_models --as dataframe")
    frame = cells.shell.user_ns["frame"].set_index("id")
    assert frame.loc["qwen/qwen3.8-27b", "tokens_per_second_seen"] > 0
    assert frame.loc["openai/gpt-oss-120b", "prompt_price"] == 0.15
    assert "tools" in frame.loc["openai/gpt-oss-120b", "features"]


def test_retired_ids_name_what_to_use_instead(cells: Any) -> None:
    plain = cells.fine("%groq_models --retired").plain
    row = next(line for line in plain.splitlines() if line.startswith("llama-3.1-8b-instant"))
    assert row.split() == ["llama-3.1-8b-instant", "openai/gpt-oss-20b"]
    cells.fine("frame = %groq_models --retired --as dataframe")
    assert "mixtral-8x7b-32768" in set(cells.shell.user_ns["frame"]["id"])


def test_a_task_is_resolved_by_the_live_catalogue(cells: Any, practice: Any) -> None:
    cells.fine("%%groq -m vision\nHi", "a")
    assert practice.requests()[0]["body"]["model"] == "qwen/qwen3.8-27b"
    assert practice.requests("/openai/v1/models")
    assert cells.fine("%groq_model fast").plain.split(" · ")[1] == "openai/gpt-oss-20b"


def test_without_a_key_a_task_stays_a_task(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROQ_API_KEY")
    for typed in ("fast", "FAST", "'Fast'"):
        cells.session.settings.model = "x"
        cells.fine(f"%groq_model {typed}")
        assert cells.session.settings.model == "fast"


def test_a_dry_run_asks_for_no_models_and_says_so(cells: Any, practice: Any) -> None:
    ran = cells.fine("%groq --dry-run -m fast Hi")
    assert practice.requests("/openai/v1/models") == []
    said = "fast may mean another model with your key; %groq_models fetches the list."
    assert ran.plain.startswith(said)
    assert "openai/gpt-oss-20b at 127.0.0.1:" in ran.plain
    cells.fine("%groq_models")
    assert said not in cells.fine("%groq --dry-run -m fast Hi").plain


@pytest.mark.parametrize("magic", ["%groq_models", "%groq_model fast", "%groq -m fast Hi"])
def test_plain_http_is_warned_of_first_whatever_asks_for_models(
    cells: Any, monkeypatch: pytest.MonkeyPatch, magic: str
) -> None:
    monkeypatch.setattr("groq_magic.api.service.is_plain", lambda _url: True)
    said, shown = cells.fine(magic, "a").outputs
    assert "is plain http" in said["data"]["text/plain"]
    assert "is plain http" not in str(shown)
    assert len(cells.fine(magic, "a").outputs) == 1


@pytest.mark.parametrize(
    ("line", "reported"),
    [
        ("%groq_model gpt", "gpt is not among this key's models. Use `%groq_model "),
        ("%groq_model openai/gpt-oss-12b", "Use `%groq_model openai/gpt-oss-120b`"),
        (
            "%groq_model gemma2-9b-it",
            "gemma2-9b-it is retired. Use `%groq_model openai/gpt-oss-20b`",
        ),
        ("%groq_model gpt oss", "gpt oss is not among"),
        ("%groq_model 'gpt'", "gpt is not among"),
    ],
)
def test_an_id_that_the_key_does_not_have_is_refused(cells: Any, line: str, reported: str) -> None:
    before = cells.session.settings.model
    ran = cells.run(line)
    assert isinstance(ran.error, ModelError)
    assert reported in ran.text
    assert cells.session.settings.model == before


def test_an_id_that_the_key_has_is_taken(cells: Any) -> None:
    cells.fine("%groq_model openai/gpt-oss-20b")
    assert cells.session.settings.model == "openai/gpt-oss-20b"
    cells.fine('%groq_model "openai/gpt-oss-120b"')
    assert cells.session.settings.model == "openai/gpt-oss-120b"


def test_a_model_newer_than_the_list_is_looked_for_again(cells: Any, practice: Any) -> None:
    cells.fine("%groq_models")
    service = cells.session.service
    service._catalogue = dataclasses.replace(
        service.catalogue(), models=service.catalogue().models[:1]
    )
    cells.fine("%groq_model openai/gpt-oss-20b")
    assert len(practice.requests("/openai/v1/models")) == 2


@pytest.mark.parametrize("name", ["gpt", "gemma2-9b-it", "no/such"])
def test_where_the_models_are_not_known_no_id_is_refused(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    practice.faults(models=("500", "500", "500", "500"))
    cells.fine(f"%groq_model {name}")
    assert cells.session.settings.model == name
    monkeypatch.delenv("GROQ_API_KEY")
    cells.fine(f"%groq_model {name}2")
    assert cells.session.settings.model == f"{name}2"
    monkeypatch.setenv("GROQ_API_KEY", "“quoted”")
    cells.fine(f"%groq_model {name}3")
    assert cells.session.settings.model == f"{name}3"
