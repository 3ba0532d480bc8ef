"""The tool calls in a reply, whole or in fragments."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from groq_magic.api.tool_calls import ToolCall, ToolCalls


def part(number: int | None = None, call_id: str = "", name: str = "", arguments: str = "") -> Any:
    numbered = {} if number is None else {"index": number}
    return {**numbered, "id": call_id, "function": {"name": name, "arguments": arguments}}


def collected(*chunks: Any) -> tuple[ToolCall, ...]:
    calls = ToolCalls()
    for chunk in chunks:
        calls.add(chunk)
    return calls.whole()


def test_a_call_may_come_whole_or_in_fragments() -> None:
    whole = ToolCall("fc_1", "weather", '{"city": "Bern"}')
    assert collected([part(0, "fc_1", "weather", '{"city": "Bern"}')]) == (whole,)
    assert collected(
        [part(0, "fc_1", "weather")],
        [part(0, arguments='{"city"')],
        [part(0, arguments=': "Bern"}')],
    ) == (whole,)


def test_several_calls_keep_their_order() -> None:
    found = collected([part(1, "b", "two"), part(0, "a", "one")], [part(1, arguments="{}")])
    assert [(call.id, call.name, call.arguments) for call in found] == [
        ("a", "one", ""),
        ("b", "two", "{}"),
    ]


def test_calls_without_numbers_or_ids_are_distinguished() -> None:
    found = collected([part(name="one"), part(name="two")])
    assert [call.name for call in found] == ["one", "two"]
    assert len({call.id for call in found}) == 2


def test_calls_without_numbers_are_distinguished_in_later_chunks_too() -> None:
    chunks = [[part(name="a"), part(name="b")], [part(name="c")], [part(7, name="d")]]
    found = collected(*chunks, [part(name="e")])
    assert [call.name for call in found] == ["a", "b", "c", "d", "e"]
    calls = ToolCalls()
    calls.add_executed([{"type": "a"}, {"type": "b"}])
    calls.add_executed([{"type": "c"}])
    assert [each["type"] for each in calls.executed()] == ["a", "b", "c"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["index", "function", "id", "name"]), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.lists(JSON, max_size=4))
def test_whatever_comes_gives_calls_or_none(chunks: list[Any]) -> None:
    calls = ToolCalls()
    for chunk in chunks:
        calls.add(chunk)
        calls.add_executed(chunk)
    assert all(isinstance(call.name, str) and call.id for call in calls.whole())
    assert all(isinstance(each, dict) for each in calls.executed())


def test_no_reply_has_more_calls_than_the_service_allows() -> None:
    assert len(collected([part(n, name="x") for n in range(1_000)])) == 128


def test_what_ran_at_the_service_is_merged_by_its_number() -> None:
    calls = ToolCalls()
    calls.add_executed([{"index": 0, "type": "search", "arguments": "{}"}])
    calls.add_executed([{"index": 0, "output": "found"}, {"index": 1, "type": "python"}])
    assert calls.executed() == (
        {"index": 0, "type": "search", "arguments": "{}", "output": "found"},
        {"index": 1, "type": "python"},
    )
