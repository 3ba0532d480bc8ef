"""README's two commands: the tests' one is CI's, and it names what pyproject has."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def commands() -> list[str]:
    """Return README's shell commands, in order."""
    readme = (ROOT / "README.md").read_text("utf-8")
    return [block.strip() for block in re.findall(r"```sh\n(.*?)```", readme, re.DOTALL)]


def test_ci_runs_readmes_test_command_word_for_word() -> None:
    test_command = commands()[1]
    assert test_command in (ROOT / ".ci" / "run").read_text("utf-8").splitlines()


def test_the_commands_name_extras_and_scripts_that_there_are() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = re.findall(r"\.\[(\w+)\]", " ".join(commands()))
    assert extras
    assert set(extras) <= set(project["optional-dependencies"])
    assert "groq-magic" in project["scripts"]
    assert ".venv/bin/groq-magic demo" in commands()[0]


def test_the_image_on_the_first_screen_is_there() -> None:
    image = re.search(r"!\[[^\]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text("utf-8"))
    assert image is not None
    assert (ROOT / image[1]).read_bytes().startswith(b"\x89PNG")
