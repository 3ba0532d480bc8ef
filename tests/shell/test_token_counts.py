"""One request's tokens, wherever they are shown: what was sent and what was answered."""

from __future__ import annotations

import re
from typing import Any

import pytest


def numbers(pattern: str, text: str) -> list[int]:
    """Return the counts that a pattern finds first in a text."""
    found = re.search(pattern, text)
    assert found, text
    return [int(each.replace(",", "")) for each in found.groups()]


@pytest.mark.parametrize(
    "text", ["Hi", "word " * 900, "\u4e16\u754c" * 500, "What is in {{rows}}?"]
)
def test_practice_estimates_counts_and_shows_the_same_number(bare: Any, text: str) -> None:
    bare.fine("%groq_practice on")
    bare.fine("rows = [['a', 'b']] * 40")
    for cell in "ab":  # the second request has the first turn in it
        dry = bare.fine(f"%%groq --dry-run\n{text}", cell).plain
        (estimate,) = numbers(r"About ([\d,]+) tokens to send; practice costs nothing\.", dry)
        shown = bare.fine(f"%%groq\n{text}", cell).text
        (fold,) = numbers(r"What was sent: \d messages?, ([\d,]+) tokens", shown)
        reply = bare.reply
        sent, answered = numbers(r"([\d,]+) tokens sent, ([\d,]+) received", repr(reply))
        assert estimate == fold == sent == reply.usage.prompt_tokens
        assert answered == reply.usage.completion_tokens
        assert "tokens sent" not in shown
    usage = bare.fine("%groq_usage").plain
    assert "tokens sent" in usage
    assert "tokens received" in usage


def test_a_scripted_answer_shows_the_numbers_of_its_reply(bare: Any, tmp_path: Any) -> None:
    (tmp_path / "script.json").write_text('[{"match": "", "reply": "Yes, it is."}]')
    bare.fine(f"%groq_practice --script {tmp_path / 'script.json'} on")
    shown = bare.fine("%%groq\nIs it?", "a").text
    usage = bare.reply.usage
    counts = numbers(r"([\d,]+) tokens sent, ([\d,]+) received", shown)
    assert counts == [usage.prompt_tokens, usage.completion_tokens]


def test_an_interrupted_answer_shows_estimated_counts_and_its_speed(
    cells: Any, practice: Any
) -> None:
    practice.script([{"pieces": ["half ", "of ", "it ", "all"]}])
    practice.faults("drop:after=2")
    ran = cells.run("%groq Two", "a")
    html = ran.outputs[0]["data"]["text/html"]
    ((facts, _),) = cells.session.bars._facts.values()
    assert "about 8 tokens sent, 2 received" in html
    assert re.search(r"^about 8 tokens sent, 2 received · [\d,]+ tok/s$", facts.figures)
    assert "about 2 tokens received" in repr(cells.reply)


def test_values_of_earlier_turns_are_listed_apart(cells: Any) -> None:
    cells.fine("rows, other = [[1, 2]] * 30, [[3]] * 30", "z")
    assert "Included: rows (" in cells.fine("%groq What is in {{rows}}?", "a").data["text/html"]
    html = cells.fine("%groq And now?", "b").data["text/html"]
    assert "Included" not in html
    assert re.search(r"From earlier turns: rows \(\d+ characters\)", html)
    html = cells.fine("%groq And {{other}}?", "c").data["text/html"]
    assert re.search(r"Included: other \(\d+ characters\) · From earlier turns: rows \(", html)
    plain = cells.fine("%groq --dry-run And {{rows}}?", "d").plain
    assert re.search(r"Included: rows \(\d+ characters\)\nFrom earlier turns: other \(", plain)
