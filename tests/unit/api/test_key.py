"""What a key must look like, and that it stays unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groq_magic.api.key import ApiKey, find_key, parse_key
from groq_magic.errors import ApiKeyError

if TYPE_CHECKING:
    from pathlib import Path

KEY = "gsk_made_up_0123456789"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GROQ_API_KEY", raising=False)


@pytest.mark.parametrize("value", [KEY, f" {KEY}\t", f"{KEY}\r\n", f"\N{NO-BREAK SPACE}{KEY}"])
def test_white_space_around_it_is_trimmed(value: str) -> None:
    assert parse_key(value, "GROQ_API_KEY").value == KEY


@pytest.mark.parametrize(
    ("value", "reported"),
    [
        ("", "No key entered"),
        ("  ", "No key entered"),
        (f'"{KEY}"', "quote marks"),
        (f"{KEY}'", "quote marks"),
        (f"`{KEY}`", "quote marks"),
        (f"\N{LEFT SINGLE QUOTATION MARK}{KEY}", "smart quotes"),
        (f"{KEY}\N{ZERO WIDTH SPACE}", "smart quotes"),
        (f"{KEY} {KEY}", "white space"),
        (f"{KEY}\n{KEY}", "white space"),
        (f"{KEY}\x00", "white space"),
    ],
)
def test_what_no_key_holds_is_refused_without_showing_it(value: str, reported: str) -> None:
    with pytest.raises(ApiKeyError) as caught:
        parse_key(value, ".env")
    assert reported in str(caught.value)
    assert KEY not in str(caught.value)
    assert caught.value.remedy


def test_a_key_shows_where_it_is_from_and_nothing_else() -> None:
    key = ApiKey(KEY, "GROQ_API_KEY")
    assert str(key) == "key from GROQ_API_KEY"
    assert KEY not in repr(key)


def test_a_dotenv_file_is_read_without_interpolation(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("X=1\nGROQ_API_KEY=gsk_${X}$HOME\n", "utf-8")
    found = find_key(tmp_path)
    assert found == ApiKey("gsk_${X}$HOME", ".env")


def test_the_search_goes_upward_and_passes_by_what_holds_no_key(tmp_path: Path) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={KEY}", "utf-8")
    (tmp_path / "a" / ".env").mkdir()
    (deep / ".env").write_text("GROQ_API_KEY=\n", "utf-8")
    assert find_key(deep) == ApiKey(KEY, ".env")


def test_a_dotenv_file_that_is_no_text_is_passed_by(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={KEY}", "utf-8")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / ".env").write_bytes(b"\xff\xfe\x00GROQ")
    assert find_key(tmp_path / "a") == ApiKey(KEY, ".env")


def test_a_file_is_written_nowhere_and_the_environment_unchanged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import os

    monkeypatch.chdir(tmp_path)
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={KEY}\nGROQ_BASE_URL=http://evil\n", "utf-8")
    before = dict(os.environ)
    assert find_key() == ApiKey(KEY, ".env")
    assert dict(os.environ) == before
    assert [path.name for path in tmp_path.iterdir()] == [".env"]
