"""The assistant's prompts when some values may not be sent."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from groq_magic.assistant import Context, explain_value
from groq_magic.assistant.cell import Cell
from groq_magic.assistant.failure.failure import Failure, facts_of
from groq_magic.assistant.failure.hints import hints
from groq_magic.assistant.prompt import Question
from groq_magic.errors import PromptError
from groq_magic.prompt import Privacy, fill
from groq_magic.prompt.values_in_text import ValueForms

PEOPLE = pd.DataFrame({"email": ["sent@x.org", "two\nlines"], "age": [30, 31]})
HIDES = Privacy(private=("email",))


def context_of(privacy: Privacy, **namespace: Any) -> Context:
    return Context(namespace, 16_000, lambda _file: None, privacy=privacy)


def explained(name: str, value: Any, context: Context) -> str:
    return explain_value(name, value, Question(""), context).prompt


@pytest.mark.parametrize("rows", [0, 5])
def test_a_private_text_is_not_explained_by_its_place(rows: int) -> None:
    context = context_of(Privacy(rows, private=("email",)), df=PEOPLE)
    assert "sent@x.org" not in explained("df.iloc[0,0]", PEOPLE.iloc[0, 0], context)
    assert "lines" not in explained("df.iloc[1,0]", PEOPLE.iloc[1, 0], context)
    assert "sent@x.org" in explained("who", PEOPLE.iloc[0, 0], context)


@pytest.mark.parametrize("privacy", [Privacy(0), HIDES])
def test_labels_of_rows_are_no_hints(privacy: Privacy) -> None:
    ages = pd.Series([30, 31], index=pd.Index(["alice_sentinel", "bob"], name="email"))
    context = context_of(privacy, ages=ages, df=PEOPLE)
    found = hints(AttributeError("no", name="alice_sentinal", obj=ages), {"ages": ages}, context)
    assert "sentinel" not in found
    with pytest.raises(PromptError) as refused:
        fill("{{ages.alice_sentinal}}", {"ages": ages}, privacy=privacy)
    assert "sentinel" not in str(refused.value)
    assert "`agg`" in hints(AttributeError("no", name="aggg", obj=ages), {}, context)
    with pytest.raises(PromptError, match="Did you mean `age`"):
        fill("{{df.aage}}", {"df": PEOPLE}, privacy=privacy)


def test_private_values_of_a_function_s_own_variables_are_not_sent() -> None:
    source = (
        "def f(load):\n    people = load()\n    who = people['email'][0]\n    int(who)\nf(load)"
    )
    names = {"load": lambda: {"email": ["sent@x.org"]}}
    with pytest.raises(ValueError, match="sent@x") as raised:
        exec(compile(source, "<cell>", "exec"), names)  # noqa: S102 - as a cell runs
    cell = Cell(1, source)
    context = Context(names, 16_000, lambda file: cell if file == "<cell>" else None, privacy=HIDES)
    facts = facts_of(Failure(cell, raised.value), context)
    assert facts is not None
    assert any("who" in name for name, _ in facts.variables)
    assert "sent@x" not in repr(facts.variables) + facts.trace + facts.hint
    assert "sent@x" not in context.with_locals_of(raised.value).output("It is sent@x.org")


def test_large_data_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    searched: list[int] = []

    def forms(column: Any) -> ValueForms:
        searched.append(len(column))
        return ValueForms(column)

    monkeypatch.setattr("groq_magic.prompt.private_values.ValueForms", forms)
    people = pd.concat([PEOPLE] * 40, ignore_index=True)
    context = context_of(Privacy(0), df=people)
    held = [f"held {n}" for n in range(50)]

    def fail(data: Any, more: Any) -> None:
        raise ValueError(data.email[0], more[0])

    with pytest.raises(ValueError, match="sent") as raised:
        fail(people, held)
    texts = (str(raised.value), "sent@x.org held 3")
    assert all("sent" not in context.hide(text, people) for text in texts)
    inner = context.with_locals_of(raised.value)
    for text in texts:
        hidden = inner.hide(text, people) + inner.hide(text)
        assert "sent" not in hidden
        assert "held" not in hidden
    # Its index and two columns, and a column that a frame of the error has by itself.
    assert searched.count(len(people)) == 4
    assert searched.count(len(held)) == 1
