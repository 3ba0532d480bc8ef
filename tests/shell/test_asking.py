"""From a cell to a settled answer: what is sent, what is kept, what is shown."""

from __future__ import annotations

from typing import Any


def sent(practice: Any) -> list[dict[str, Any]]:
    return [record["body"] for record in practice.requests()]


def test_an_ask_sends_the_prompt_and_nothing_else(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Hi."}])
    ran = cells.fine("%%groq\n\n  Say hi  \n\n", "a")
    assert sent(practice) == [
        {
            "model": "openai/gpt-oss-120b",
            "messages": [{"role": "user", "content": "Say hi"}],
            "stream": True,
        }
    ]
    assert ran.plain == "Hi."
