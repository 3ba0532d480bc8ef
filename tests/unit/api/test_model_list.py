"""The service's list of models, whatever it holds."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.api.models import ALIASES, catalogue_of

ODD = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.just(10**400),
        st.floats(),
        st.text(max_size=4),
        st.just("\ud800"),
    ),
    lambda each: st.one_of(
        st.lists(each, max_size=3), st.dictionaries(st.text(max_size=2), each, max_size=2)
    ),
    max_leaves=4,
)
IDS = st.one_of(
    ODD,
    st.sampled_from(["openai/gpt-oss-120b", "a-9b", "a" * 5000, "x y", "b\n", "\x1b[31m", "9b"]),
)
FIELDS = st.dictionaries(
    st.sampled_from(
        [
            "context_window",
            "max_completion_tokens",
            "supported_features",
            "input_modalities",
            "output_modalities",
            "owned_by",
            "active",
        ]
    ),
    ODD,
)


@given(st.lists(st.builds(lambda model_id, more: {"id": model_id} | more, IDS, FIELDS)))
def test_odd_items_neither_fail_nor_reach_a_listing(items: list[dict[str, Any]]) -> None:
    catalogue = catalogue_of(items)
    ids = [model.id for model in catalogue.models]
    assert len(set(ids)) == len(ids)
    for model in catalogue.models:
        assert model.id.isprintable()
        assert len(model.label) < 300
        json.dumps([model.label, model.owned_by], ensure_ascii=False).encode()
        assert model.context_window is None or float(model.context_window) > 0
    for alias in ALIASES:
        chosen = catalogue.choice(alias)
        assert chosen is None or chosen.id in ids
    assert catalogue.nearest("llama-3.1-8b-instant")


@pytest.mark.parametrize("bad", ["", "two words", "line\nbreak", "\x1b[31mred", "x" * 201, None, 5])
def test_an_id_that_can_not_be_typed_is_left_out(bad: Any) -> None:
    models = catalogue_of([{"id": bad}, {"id": "fine"}]).models
    assert [model.id for model in models] == ["fine"]


def test_a_model_that_is_listed_twice_is_shown_once() -> None:
    models = catalogue_of([{"id": "a"}, {"id": "b"}, {"id": "a"}]).models
    assert [model.id for model in models] == ["a", "b"]


def test_a_model_of_which_no_modality_is_listed_may_see() -> None:
    unknown, blind = catalogue_of(
        [{"id": "b"}, {"id": "c", "input_modalities": ["text"]}],
    ).models
    assert (unknown.is_chat, unknown.sees, unknown.inputs) == (True, False, ())
    assert (blind.is_chat, blind.sees, blind.inputs) == (True, False, ("text",))
