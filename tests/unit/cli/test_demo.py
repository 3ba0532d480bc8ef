"""`groq-magic demo`, and the practice server alone."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tomllib
import urllib.request
from pathlib import Path
from typing import Any, Self

import pytest

from groq_magic import cli
from groq_magic.cli import demo

NOTEBOOK = {"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
NAMES = ("01_quickstart.ipynb", "02_next.ipynb")


@pytest.fixture
def calls(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> list[tuple[list[str], dict[str, str]]]:
    """What would be run, with which environment; nothing is."""
    made: list[tuple[list[str], dict[str, str]]] = []
    (tmp_path / "shipped").mkdir()
    sources = [tmp_path / "shipped" / name for name in NAMES]
    for source in sources:
        source.write_text(json.dumps(NOTEBOOK), "utf-8")
    monkeypatch.setattr(demo, "_sources", lambda: sources)
    monkeypatch.delenv("GROQ_API_KEY", raising=False)
    monkeypatch.delenv("GROQ_MAGIC_PRACTICE", raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    class Lab:
        """A JupyterLab that ends at once."""

        def __init__(self, command: list[str], *, env: dict[str, str]) -> None:
            made.append((command, env))

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_about: object) -> None:
            pass

        def wait(self) -> int:
            return 0

    monkeypatch.setattr(subprocess, "Popen", Lab)
    return made


def test_the_demo_opens_copies_in_one_folder(calls: Any, capsys: Any, tmp_path: Path) -> None:
    assert cli.main(["demo"]) == 0
    assert cli.main(["demo", "--no-browser"]) == 0
    (first, _), (second, _) = calls
    folder = tmp_path / "here" / "groq-magic-demo"
    assert sorted(path.name for path in folder.iterdir()) == sorted(NAMES)
    assert first[3] == second[3] == f"--notebook-dir={folder}"
    assert "--LabApp.default_url=/lab/tree/01_quickstart.ipynb" in first
    assert "--no-browser" not in first
    assert "--no-browser" in second
    assert str(folder) in capsys.readouterr().out


def test_every_notebook_of_the_checkout_is_copied_and_is_in_the_wheel() -> None:
    root = Path(__file__).parents[3]
    notebooks = {path.name for path in (root / "notebooks").glob("*.ipynb")}
    assert {path.name for path in demo._sources()} == notebooks
    data = {f"data/{path.name}" for path in (root / "notebooks" / "data").iterdir()}
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    included = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert included == {
        f"notebooks/{name}": f"groq_magic/notebooks/{name}" for name in notebooks | data
    }


def test_the_data_of_the_notebooks_is_copied_too(calls: Any, tmp_path: Path) -> None:
    (tmp_path / "shipped" / "data").mkdir()
    (tmp_path / "shipped" / "data" / "table.csv").write_text("a,b", "utf-8")
    copy = tmp_path / "here" / "groq-magic-demo" / "data" / "table.csv"
    assert cli.main(["demo"]) == 0
    assert copy.read_text("utf-8") == "a,b"
    copy.write_text("mine", "utf-8")
    assert cli.main(["demo"]) == 0
    assert copy.read_text("utf-8") == "mine"
    assert len(calls) == 2


def test_a_folder_that_can_not_be_written_is_named(calls: Any, capsys: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert cli.main(["demo", "--folder", str(tmp_path / "file")]) == 1
    assert not calls
    assert "--folder" in capsys.readouterr().err


def test_without_a_key_the_demo_is_in_practice_mode(
    calls: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.main(["demo"])
    monkeypatch.setenv("GROQ_API_KEY", "gsk_made_up")
    cli.main(["demo"])
    (_, without), (_, with_key) = calls
    assert without["GROQ_MAGIC_PRACTICE"] == "1"
    assert "GROQ_MAGIC_PRACTICE" not in with_key


def test_a_key_counts_only_where_the_notebook_will_find_it(calls: Any, tmp_path: Path) -> None:
    (tmp_path / "here" / ".env").write_text("GROQ_API_KEY=gsk_made_up", "utf-8")
    cli.main(["demo"])
    cli.main(["demo", "--folder", str(tmp_path / "elsewhere")])
    (_, here), (_, elsewhere) = calls
    assert "GROQ_MAGIC_PRACTICE" not in here
    assert elsewhere["GROQ_MAGIC_PRACTICE"] == "1"


def test_a_malformed_key_is_reported_but_not_shown(
    calls: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "'gsk_made_up'")
    cli.main(["demo"])
    assert calls[0][1]["GROQ_MAGIC_PRACTICE"] == "1"
    reported = capsys.readouterr()
    assert "quote marks" in reported.err
    assert "gsk_made_up" not in reported.err + reported.out


def test_an_existing_copy_is_kept(calls: Any, tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    cli.main(["demo", "--folder", str(folder)])
    copy = folder / "01_quickstart.ipynb"
    copy.write_text("my own work", "utf-8")
    (folder / NAMES[1]).unlink()
    cli.main(["demo", "--folder", str(folder)])
    assert copy.read_text("utf-8") == "my own work"
    assert (folder / NAMES[1]).exists()
    assert len(calls) == 2


def test_a_sigterm_to_the_demo_ends_jupyterlab(calls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[bool] = []

    def wait(_lab: Any) -> int:
        signal.raise_signal(signal.SIGTERM)
        return -15 if ended else 0

    monkeypatch.setattr(subprocess.Popen, "wait", wait)
    monkeypatch.setattr(
        subprocess.Popen, "terminate", lambda _lab: ended.append(True), raising=False
    )

    def ours(*_about: object) -> None:
        """Take a signal that nobody else takes: it would end the tests."""

    before = signal.signal(signal.SIGTERM, ours)
    try:
        assert cli.main(["demo"]) == -15
        assert signal.getsignal(signal.SIGTERM) is ours
    finally:
        signal.signal(signal.SIGTERM, before)
    assert len(calls) == 1


def test_an_interrupt_is_left_to_jupyterlab(calls: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    left = [KeyboardInterrupt, KeyboardInterrupt]

    def wait(_lab: Any) -> int:
        if left:
            raise left.pop()
        return 3

    monkeypatch.setattr(subprocess.Popen, "wait", wait)
    assert cli.main(["demo"]) == 3
    assert len(calls) == 1


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize(
    ("arguments", "module"), [(["demo"], "jupyterlab"), (["demo", "--execute"], "nbconvert")]
)
def test_a_missing_package_is_named_with_its_install_command(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, arguments: list[str], module: str
) -> None:
    monkeypatch.setattr(demo, "find_spec", lambda _module: None)
    assert cli.main(arguments) == 1
    reported = capsys.readouterr().err
    assert module in reported
    assert "pip install 'groq-magic[lab]'" in reported


@pytest.mark.parametrize("arguments", [[], ["dmeo"], ["demo", "--nothing"]])
def test_a_wrong_command_shows_the_usage(arguments: list[str], capsys: Any) -> None:
    with pytest.raises(SystemExit) as caught:
        cli.main(arguments)
    assert caught.value.code == 2
    assert "usage: groq-magic" in capsys.readouterr().err


def test_practice_runs_the_server_alone() -> None:
    code = "import sys; from groq_magic.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, "practice", "--until-eof"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        url = json.loads(server.stdout.readline())["url"]
        models = f"{url}/openai/v1/models"
        asked = urllib.request.Request(models, headers={"Authorization": "Bearer any"})
        with urllib.request.urlopen(asked, timeout=5) as answer:
            assert json.load(answer)["data"]
        server.stdin.close()
        assert server.wait(5) == 0
