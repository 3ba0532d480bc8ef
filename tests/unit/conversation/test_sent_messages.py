"""Values in the messages of earlier turns: each once, in its latest version."""

from __future__ import annotations

from dataclasses import replace

from groq_magic.conversation import PromptData, Turn, TurnKey, messages_of, sent_messages
from groq_magic.prompt import UNKNOWN_LIMITS, NamedValue, Privacy

NOW = Privacy()


def turn(number: int, *names: str, privacy: Privacy = NOW, data: PromptData | None = None) -> Turn:
    values = tuple(NamedValue(name, f"{name} of {number}", privacy) for name in names)
    key = TurnKey(f"cell-{number}", 1)
    return Turn(
        key,
        key,
        "main",
        practice=False,
        messages=messages_of(f"ask {number}", f"answer {number}"),
        data=data or PromptData(values),
    )


def prompts(found: object) -> list[str]:
    return [m["content"] for m in found.messages if m["role"] == "user"]  # type: ignore[attr-defined]


def test_each_value_stands_with_the_last_prompt_that_names_it() -> None:
    found = sent_messages([turn(1, "a", "b"), turn(2, "a"), turn(3)], ["c"], NOW)
    assert prompts(found) == [
        "ask 1\n\nValues:\n\nb of 1",
        "ask 2\n\nValues:\n\na of 2",
        "ask 3",
    ]
    assert [value.text for value in found.values] == ["b of 1", "a of 2"]
    assert found.left_out == ()


def test_what_the_prompt_names_is_not_sent_with_an_earlier_turn() -> None:
    assert prompts(sent_messages([turn(1, "a")], ["a"], NOW)) == ["ask 1"]


def test_what_may_not_be_sent_any_more_is_left_out_and_no_older_version_is_sent() -> None:
    none = Privacy(rows=0)
    found = sent_messages([turn(1, "a", privacy=none), turn(2, "a"), turn(3, "b")], [], none)
    assert prompts(found) == ["ask 1", "ask 2", "ask 3"]
    assert set(found.left_out) == {"a", "b"}


def test_a_composed_prompt_becomes_what_was_typed() -> None:
    typed = "%%groq_code --keep\nA plot"
    composed = replace(turn(1, data=PromptData((), NOW)), typed=typed)
    assert prompts(sent_messages([composed], [], NOW)) == ["ask 1"]
    found = sent_messages([composed], [], Privacy(rows=0))
    assert prompts(found) == [typed]
    assert found.left_out == ("%%groq_code --keep",)


def test_values_stand_below_the_text_beside_an_image() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:,"}}
    content = [image, {"type": "text", "text": "ask"}]
    held = turn(1, "a")
    with_image = Turn(
        held.key,
        held.key,
        "main",
        practice=False,
        messages=({"role": "user", "content": content},),
        data=held.data,
    )
    (message,) = sent_messages([with_image], [], NOW).messages
    assert message["content"] == [
        image,
        {"type": "text", "text": "ask\n\nValues:\n\na of 1"},
    ]


def test_an_answer_is_left_out_once_less_may_be_sent_than_it_has_seen() -> None:
    none, private = Privacy(rows=0), Privacy(private=("a",))
    for seen, now, is_sent in (
        (None, none, True),
        (none, none, True),
        (none, NOW, True),
        (NOW, none, False),
        (NOW, private, False),
        (private, NOW, True),
        (UNKNOWN_LIMITS, NOW, True),
        (UNKNOWN_LIMITS, none, False),
        (UNKNOWN_LIMITS, private, False),
    ):
        found = sent_messages([turn(1, data=PromptData(seen=seen))], [], now)
        assert (found.messages[-1]["content"] == "answer 1") == is_sent
        assert found.answers_left_out == (not is_sent)
        assert found.seen == (seen if is_sent else None)


def test_a_value_in_place_is_replaced_by_its_name() -> None:
    data = PromptData((), Privacy(rows=0), frozenset({"who"}), Privacy(rows=0))
    asked = replace(turn(1, data=data), typed="Who is {{ who }}, {{other}}?")
    assert prompts(sent_messages([asked], [], Privacy(rows=0))) == ["ask 1"]
    found = sent_messages([asked], [], Privacy(0, ("who",)))
    assert prompts(found) == ["Who is `who`, {{other}}?"]


def test_the_limits_on_all_that_is_sent_are_joined() -> None:
    one, other = Privacy(2, ("a", "b")), Privacy(1, ("b", "c"))
    turns = [turn(1, "x", privacy=one), turn(2, data=PromptData(seen=other))]
    assert sent_messages(turns, [], Privacy(5, ("d",))).seen is None
    assert sent_messages(turns, [], NOW).seen == Privacy(2, ("b",))


def test_an_image_stands_as_its_size_between_the_prompt_and_its_values() -> None:
    images = ("[image: 640 × 480, left out]", "[image, left out]")
    data = PromptData((NamedValue("a", "a of 1", NOW),), images=images)
    found = sent_messages([turn(1, data=data)], [], NOW)
    assert prompts(found) == [f"ask 1\n\n{images[0]}\n\n{images[1]}\n\nValues:\n\na of 1"]
    assert turn(1, data=data).prompt == "ask 1"
