"""README's two commands and its pictures: the tests' command is CI's, the files are there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from PIL import Image

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


def pictures() -> list[str]:
    """Return the files of README's pictures, in order; each has words for who can't see it."""
    readme = (ROOT / "README.md").read_text("utf-8")
    found = re.findall(r'!\[[^\]]+\]\(([^)]+)\)|<img src="([^"]+)"[^>]* alt="[^"]{20,}">', readme)
    assert len(found) == readme.count("<img") + readme.count("![")
    return ["".join(names) for names in found]


def test_the_two_commands_stand_above_the_first_picture() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    assert len(commands()) == 2
    assert max(map(readme.index, commands())) < readme.index(pictures()[0])


def test_the_pictures_are_there_and_small_enough_to_load() -> None:
    assert len(pictures()) == 2
    for name in pictures():
        assert 10_000 < (ROOT / name).stat().st_size < 1_500_000


def test_the_first_picture_moves_for_10_to_20_seconds_and_is_as_wide_as_it_is_shown() -> None:
    name = pictures()[0]
    with Image.open(ROOT / name) as picture:
        frames = range(getattr(picture, "n_frames", 1))
        milliseconds = 0
        for frame in frames:
            picture.seek(frame)
            milliseconds += picture.info["duration"]
        assert len(frames) > 40
        assert 10_000 <= milliseconds <= 20_000
        assert f'"{name}" width="{picture.width}"' in (ROOT / "README.md").read_text("utf-8")
        assert picture.info["loop"] == 0
