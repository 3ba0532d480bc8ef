"""What `%groq_key` says about keeping a key."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from groq_magic.api.keeping import keeping

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    return tmp_path


def test_git_that_ignores_the_file_is_good_news(repository: Path) -> None:
    (repository / ".gitignore").write_text(".env\n", "utf-8")
    below = repository / "notebooks"
    below.mkdir()
    assert "which git ignores" in keeping(below)


def test_git_that_takes_the_file_along_is_a_warning(repository: Path) -> None:
    assert "add `.env` to `.gitignore` first" in keeping(repository)


def test_without_a_repository_git_is_not_mentioned(tmp_path: Path) -> None:
    assert "git" not in keeping(tmp_path)


def test_without_git_it_is_not_mentioned(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(repository))
    assert "git" not in keeping(repository)


def test_a_repositorys_own_programs_are_not_run(repository: Path) -> None:
    trap = repository / "trap"
    trap.write_text("#!/bin/sh\ntouch ran\n", "utf-8")
    trap.chmod(0o755)
    config = ["git", "-C", str(repository), "config", "core.fsmonitor", str(trap)]
    subprocess.run(config, check=True)
    assert "add `.env`" in keeping(repository)
    assert not (repository / "ran").exists()
