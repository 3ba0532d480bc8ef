"""What an answer writes into the saved notebook beside itself."""

from __future__ import annotations

import json
import re
from typing import Any

METADATA = {
    "version",
    "conversation",
    "turn",
    "cell",
    "ask",
    "model",
    "options",
    "finish_reason",
    "usage",
    "system",
    "included",
    "prompt_sha",
    "request_sha",
    "values_sha",
    "above_sha",
    "replaces",
    "once",
}


def test_the_metadata_of_a_cells_answer(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Hi."}])
    cells.fine("role = 'a pirate'\n%groq Hello", "a")
    ran = cells.fine("%%groq -t 0.5 -s 'You are {{role}}'\nSay hi", "b")
    record = ran.record
    assert record.keys() == METADATA
    assert record["version"] == 2
    assert re.fullmatch("[0-9a-f]{64}", record["values_sha"])
    assert (record["conversation"], record["turn"]) == ("main", 2)
    assert (record["cell"], record["ask"]) == ("b", 1)
    assert record["model"] == "openai/gpt-oss-120b"
    assert record["options"] == {"temperature": 0.5, "system": "You are {{role}}"}
    assert record["finish_reason"] == "stop"
    assert record["usage"].keys() == {"prompt_tokens", "completion_tokens", "total_tokens"}
    assert record["system"] == "You are {{role}}"
    assert "pirate" not in json.dumps(record)
    assert record["included"] == ["role"]
    assert (record["replaces"], record["once"]) == (None, False)
    json.dumps(record)


def test_nothing_saved_holds_the_path_in_vs_codes_cell_uris(cells: Any) -> None:
    cell = "vscode-notebook-cell:/Users/me/secret%20plan.ipynb#W0sZmlsZQ%3D%3D"
    ran = cells.fine("%groq one", cell)
    again = cells.fine("%groq two", cell)
    listed = cells.fine("%groq_history", f"{cell}2")

    saved = json.dumps([ran.outputs, again.outputs, listed.outputs])
    assert not re.search("vscode|Users|secret|ipynb", saved)
    assert re.fullmatch("[0-9a-f]{16}", ran.record["cell"])
    assert again.record["cell"] == ran.record["cell"]
    (bar,) = set(re.findall(r"groq-turn-[^\s\"]+-1", saved))
    assert bar == f"groq-turn-{ran.record['cell']}-1"


def test_a_line_records_its_prompt_as_typed(cells: Any) -> None:
    cells.fine("n = 3", "z")
    ran = cells.fine("%groq Count to {{n}}", "a")
    assert ran.record.keys() == METADATA | {"prompt"}
    assert ran.record["prompt"] == "Count to {{n}}"


def test_store_none_writes_nothing_of_the_turn(served: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    cells = served(store="none")
    (output,) = cells.fine("%groq Say hi", "a").outputs
    assert output["metadata"] == {}


def test_two_runs_of_a_notebook_leave_the_same_outputs(served: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    monkeypatch.setattr("groq_magic.magics.ask.front_end", lambda _shell: "static")

    def run() -> list[Any]:
        cells = served()
        sources = ("%%groq\nOne", "%groq -s Brief Two", "%groq_history", "%groq_models", "%groq")
        return [cells.fine(source, str(at)).outputs for at, source in enumerate(sources)]

    assert run() == run()
