"""The request as code: run for real, it sends what the cell sent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from groq_magic.errors import NotebookError, OptionError
from groq_magic.ledger.request_history import RequestHistory

PROJECT = Path(__file__).parents[2]
PROMPT = (
    "Say \"hi\" and 'bye' \\ \\n $HOME $(id) `id` ${x} {y} !x 😀 👩\u200d💻\u202e\n\n"
    "JSON\n```python\nprint('x')\n```"
)
PLAIN = "%%groq\n" + PROMPT
RICH = (
    '%%groq -s "It\'s $5" -t 0.2 --max-tokens 50 --top-p 0.9 --seed 7 --stop END '
    "--reasoning-effort low -f json --no-stream\n" + PROMPT
)


def node_modules() -> Path | None:
    """Where groq-sdk is installed: beside the project, or where NODE_PATH says."""
    places = [PROJECT / "node_modules"]
    places += [Path(p) for p in os.environ.get("NODE_PATH", "").split(os.pathsep) if p]
    return next((place for place in places if (place / "groq-sdk").is_dir()), None)


def python(code: str, folder: Path) -> list[str]:
    (folder / "request.py").write_text(code, "utf-8")
    return [sys.executable, str(folder / "request.py")]


def shell(code: str, folder: Path) -> list[str]:
    (folder / "request.sh").write_text(code, "utf-8")
    return ["sh", str(folder / "request.sh")]


def node(code: str, folder: Path) -> list[str]:
    (folder / "request.mjs").write_text(code, "utf-8")
    modules = node_modules()
    assert modules is not None
    (folder / "node_modules").symlink_to(modules)
    return ["node", str(folder / "request.mjs")]


RUNNERS = {"python": python, "openai": python, "curl": shell, "node": node}
NO_CURL = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
NO_NODE = pytest.mark.skipif(
    shutil.which("node") is None or node_modules() is None,
    reason="node or groq-sdk is not installed: npm install --no-save groq-sdk",
)


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "python",
        "openai",
        pytest.param("curl", marks=NO_CURL),
        pytest.param("node", marks=NO_NODE),
    ],
)
def test_the_code_sends_what_the_cell_sent(
    cells: Any, practice: Any, tmp_path: Path, kind: str
) -> None:
    practice.script([{"reply": '{"a": 1}'}] * 4)
    environment = {**os.environ, "NO_PROXY": "*", "PYTHONIOENCODING": "utf-8"}
    for number, source in enumerate((PLAIN, RICH)):
        cells.fine(source, f"cell{number}")
        code = cells.fine(f"%groq_export --as {kind}").plain
        assert "gsk_" not in code
        place = tmp_path / str(number)
        place.mkdir()
        command = RUNNERS[kind](code, place)
        done = subprocess.run(command, capture_output=True, env=environment, check=False)
        assert done.returncode == 0, done.stderr.decode()
        assert (b'{"a": 1}' if kind != "curl" else b"chatcmpl-") in done.stdout
    plain, plain_again, rich, rich_again = [record["body"] for record in practice.requests()]
    assert plain == plain_again
    assert rich == rich_again
    assert plain["messages"][-1]["content"] == PROMPT


@pytest.mark.slow
@pytest.mark.parametrize(
    "kind",
    [
        "python",
        "openai",
        pytest.param("curl", marks=NO_CURL),
        pytest.param("node", marks=NO_NODE),
    ],
)
def test_the_code_reads_images_from_files(
    cells: Any, practice: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    cells.fine("import numpy as np\nx = np.zeros((4, 4), 'uint8')\ny = x + 9")
    cells.fine(f"%%groq -i x -i y -i https://example.org/a.png\n{PROMPT}", "a")
    line, code = cells.fine(f"%groq_export --as {kind}").outputs
    assert line["data"]["text/plain"].startswith("Saved for this code: groq-image-")
    assert len(list(tmp_path.glob("groq-image-*.png"))) == 2
    assert max(map(len, code["data"]["text/plain"].splitlines())) < 200
    environment = {**os.environ, "NO_PROXY": "*", "PYTHONIOENCODING": "utf-8"}
    command = RUNNERS[kind](code["data"]["text/plain"], tmp_path)
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr.decode()
    sent, again = [record["body"] for record in practice.requests()]
    assert sent == again
    assert sum(part["type"] == "image_url" for part in sent["messages"][-1]["content"]) == 3


def test_the_plain_text_of_the_output_is_the_code(cells: Any, practice: Any) -> None:
    practice.script([{"reply": "Hi."}])
    cells.fine("%%groq\nHi", "a")
    data = cells.fine("%groq_export").data
    compile(data["text/plain"], "request.py", "exec")
    assert 'class="highlight language-python"' in data["text/html"]
    assert set(data) == {"text/html", "text/plain"}


def test_it_names_the_ask_and_what_to_install(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    cells.fine("%%groq\n<b>Which</b> city\nis the cheapest?", "a")
    number = cells.shell.execution_count - 1
    cells.fine("%%groq --once\nAnother one, with a text in it topsecret-value-7", "b")
    named = (
        f"The request of cell {number}, \u201c&lt;b&gt;Which&lt;/b&gt; city is the cheapest?\u201d:"
    )
    assert named in cells.fine("%groq_export 1").data["text/html"]
    assert f"cell {number + 1}, \u201cAnother" in cells.fine("%groq_export").data["text/html"]
    monkeypatch.setenv("MY_API_KEY", "topsecret-value-7")
    assert "topsecret" not in cells.fine("%groq_export").everything
    starts = {"python": "# pip install groq\n", "openai": "# pip install openai\n"}
    starts |= {"node": "// npm install groq-sdk\n", "curl": "# for a terminal with curl"}
    for kind, start in starts.items():
        assert cells.fine(f"%groq_export --as {kind}").plain.startswith(start)


def test_a_turn_by_its_number(cells: Any) -> None:
    cells.fine("%%groq\nFirst", "a")
    cells.fine("%%groq\nSecond", "b")
    assert "'First'" in cells.fine("%groq_export 1").plain
    assert "Second" not in cells.fine("%groq_export 1").plain
    assert "Second" in cells.fine("%groq_export").plain
    ran = cells.run("%groq_export 3")
    assert isinstance(ran.error, OptionError)
    assert "turns 1 to 2" in str(ran.error)


def test_a_turn_whose_request_was_evicted_is_no_empty_code(cells: Any) -> None:
    cells.session.requests = RequestHistory(most_asks=1)
    cells.fine("%%groq\nFirst", "a")
    cells.fine("%%groq\nSecond", "b")
    ran = cells.run("%groq_export 1")
    assert isinstance(ran.error, NotebookError)
    assert "turn 1 is not known in this session" in str(ran.error)


def test_options_may_stand_behind_the_turn(cells: Any) -> None:
    cells.fine("%%groq\nOne", "a")
    assert "curl" in cells.fine("%groq_export 1 --as curl").plain
    assert "No turn" in str(cells.run("%groq_export one two").error)


def test_nothing_asked_yet_is_one_line(cells: Any) -> None:
    assert isinstance(cells.run("%groq_export").error, NotebookError)


def test_an_unanswered_ask_is_skipped_with_a_notice(cells: Any) -> None:
    assert cells.run("%%groq -m no/such-model\nHi", "a").error is not None
    ran = cells.run("%groq_export")
    assert isinstance(ran.error, NotebookError)
    assert "Nothing was answered yet" in str(ran.error)
    cells.fine("%%groq\nHo", "b")
    assert cells.run("%%groq -m no/such-model\nHi", "c").error is not None
    said, code = [output["data"]["text/plain"] for output in cells.fine("%groq_export").outputs]
    assert "The last ask got no answer" in said
    assert "'Ho'" in code
    assert "no/such-model" not in code
    assert cells.reply.request["model"] == "no/such-model"
    assert len(cells.fine("%groq_export 1").outputs) == 1
    cells.fine("%%groq\nHey", "d")
    assert "'Hey'" in cells.fine("%groq_export").plain


def test_stream_and_no_stream(cells: Any) -> None:
    cells.fine("%%groq\nHi", "a")
    assert "stream=True" in cells.fine("%groq_export").plain
    assert "stream" not in cells.fine("%groq_export --no-stream").plain
    cells.fine("%%groq --no-stream\nHi", "b")
    assert "stream" not in cells.fine("%groq_export").plain
    assert "stream=True" in cells.fine("%groq_export --stream").plain


def test_cell_puts_python_into_the_next_cell(cells: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put: list[str] = []
    monkeypatch.setattr(cells.shell, "set_next_input", put.append)
    cells.fine("%%groq\nHi", "a")
    assert cells.fine("%groq_export --cell --as openai").outputs == []
    assert put[0].startswith("# pip install openai\nimport os\n\nfrom openai import OpenAI")
    ran = cells.run("%groq_export --cell --as curl")
    assert isinstance(ran.error, OptionError)
    assert len(put) == 1


def test_in_practice_mode_the_code_goes_to_groq(cells: Any, practice: Any) -> None:
    cells.fine("%groq_practice on")
    cells.fine("%%groq\nHi", "a")
    assert "base_url" not in cells.fine("%groq_export").plain
    assert practice.requests() == []
