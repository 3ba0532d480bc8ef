"""A fault of our own code at settling costs no answer."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.asking import finishing


@pytest.mark.parametrize("step", ["choose_code", "output_of"])
def test_an_answer_is_kept_before_anything_is_made_of_it(
    notebook: Any, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def broken(*_arguments: Any, **_named: Any) -> Any:
        raise ZeroDivisionError("ours")

    shown: list[dict[str, str]] = []
    monkeypatch.setattr(finishing, step, broken)
    monkeypatch.setattr(
        "groq_magic.views.guarded_view.publish", lambda data, *_: shown.append(data)
    )
    with pytest.raises(ZeroDivisionError):
        notebook.ask("What is a p-value?", cell="a")
    monkeypatch.undo()

    assert "p-value" in notebook.shell.user_ns["_groq"].text
    assert shown == [{"text/plain": notebook.shell.user_ns["_groq"].text}]
    assert len(notebook.session.ledger) == 1
    ((prompt, answer, _),) = notebook.turns
    assert prompt == "What is a p-value?"
    assert "p-value" in answer
