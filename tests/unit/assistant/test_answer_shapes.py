"""The shapes of answers in `answers/`, and what comes of each."""

from __future__ import annotations

import pytest

from tests.unit.assistant.answer_shapes import Shape, scores, shapes

SHAPES = list(shapes())


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name)
def test_an_answer_gives_the_right_cell_or_the_reason_why_none_is_added(shape: Shape) -> None:
    choice = shape.choice
    assert (choice.code, choice.why, choice.remarks) == (shape.code, shape.why, shape.remarks)
    assert shape.is_right


def test_no_answer_gives_a_wrong_cell() -> None:
    result = scores(SHAPES)
    assert result.total >= 130
    assert result.wrong == 0
    assert result.right >= 0.8 * result.sufficient
