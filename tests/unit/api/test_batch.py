"""Jobs of the batch engine, as replies describe them."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.api.batch import Batch, batch_of, query_after
from groq_magic.errors import ServiceError
from tests.markers import examples

WHOLE = {
    "id": "batch_1",
    "status": "completed",
    "request_counts": {"total": 3, "completed": 2, "failed": 1},
    "input_file_id": "i",
    "output_file_id": "o",
    "error_file_id": None,
    "metadata": {"a": "b"},
    "errors": None,
}
SOMETHING = st.none() | st.integers() | st.text(max_size=3) | st.lists(st.integers(), max_size=2)


def test_a_job_is_read() -> None:
    batch = batch_of(WHOLE)
    assert batch == Batch("batch_1", "completed", 2, 1, "i", "o", "", {"a": "b"})
    assert batch.is_over
    assert batch.files == ("i", "o")
    assert not batch_of(WHOLE | {"status": "cancelling"}).is_over


@pytest.mark.parametrize(
    "odd",
    [None, [], "page", {}, {"id": "x"}, {"id": "", "status": "y"}, {"id": "\ud800", "status": "y"}],
)
def test_other_replies_are_refused_in_one_line(odd: Any) -> None:
    with pytest.raises(ServiceError, match="batch engine") as caught:
        batch_of(odd)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("errors", "fault"),
    [
        ({"data": [{"line": 3, "message": "bad"}, {"message": "worse"}]}, "line 3: bad"),
        ({"data": [{"line": None, "code": "empty_file"}]}, "empty_file"),
        ({"data": [{}]}, "no details were given"),
        ({"data": []}, ""),
        ("odd", ""),
    ],
)
def test_the_first_error_has_its_line(errors: Any, fault: str) -> None:
    assert batch_of(WHOLE | {"errors": errors}).fault == fault


@given(st.dictionaries(st.sampled_from(sorted(WHOLE)), SOMETHING))
@settings(max_examples=examples(100))
def test_odd_members_are_read_as_missing(odd: dict[str, Any]) -> None:
    batch = batch_of(WHOLE | odd | {"id": "x", "status": "y"})
    assert all(isinstance(each, int) for each in (batch.completed, batch.failed))
    assert all(isinstance(each, str) for each in (batch.input, batch.output, batch.error))


def test_the_next_page_is_by_cursor_or_by_the_last_job() -> None:
    listed = [Batch("a", "completed"), Batch("b", "completed")]
    assert query_after({"paging": {"next_cursor": "c"}}, listed) == {"cursor": "c"}
    assert query_after({"has_more": True}, listed) == {"after": "b"}
    assert query_after({"has_more": True}, []) == {}
    assert query_after({"paging": {"next_cursor": None}}, listed) == {}
