"""The file of answers: what it gives back, forgets and never holds."""

from __future__ import annotations

import multiprocessing
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.ledger.cache import Cache, cache_folder, key_of

if TYPE_CHECKING:
    from pathlib import Path

ANSWER = {"text": "Ünïcödé 😀 and 'quotes'", "usage": {"total_tokens": 3}}
URL = "https://api.groq.com"
REQUEST = {"model": "m", "messages": [{"role": "user", "content": "Hi"}], "temperature": 0.2}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", 10_000, 30)


def test_gives_back_what_was_put_in(cache: Cache) -> None:
    assert cache.get("k") is None
    cache.put("k", ANSWER)
    assert cache.get("k") == ANSWER
    assert cache.get("other") is None
    assert cache.take_line() == ""


def test_another_session_finds_it(cache: Cache) -> None:
    cache.put("k", ANSWER)
    assert Cache(cache.path.parent, 10_000, 30).get("k") == ANSWER


def test_reading_alone_makes_no_file(cache: Cache) -> None:
    cache.get("k")
    assert cache.info().answers == cache.clear() == 0
    assert not cache.path.parent.exists()


@pytest.mark.skipif(os.name == "nt", reason="Windows has other permissions")
def test_only_the_user_can_read_it(cache: Cache) -> None:
    before = os.umask(0)
    try:
        cache.put("k", ANSWER)
    finally:
        os.umask(before)
    assert stat.S_IMODE(cache.path.parent.stat().st_mode) == 0o700
    modes = {stat.S_IMODE(file.stat().st_mode) for file in cache.path.parent.iterdir()}
    assert modes == {0o600}


def test_what_is_too_old_is_neither_given_nor_kept(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    cache.put("old", ANSWER)
    now += 31 * 86_400
    assert cache.get("old") is None
    cache.put("new", ANSWER)
    assert cache.info().answers == 1


def test_what_was_used_longest_ago_goes_when_it_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = Cache(tmp_path, 2_500, 30)
    clock = iter(range(1_000_000_000, 1_000_100_000))
    monkeypatch.setattr("time.time", lambda: float(next(clock)))
    for key in ("a", "b"):
        cache.put(key, {"text": "x" * 1_000})
    cache.get("a")
    cache.put("c", {"text": "x" * 1_000})
    assert [cache.get(key) is not None for key in "abc"] == [True, False, True]
    assert cache.info().size <= 2_500


def test_an_answer_larger_than_the_cache_is_not_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path, 100, 30)
    cache.put("k", {"text": "x" * 1_000})
    assert cache.get("k") is None


def test_a_cache_without_room_returns_nothing_and_evicts(cache: Cache) -> None:
    cache.put("k", ANSWER)
    none = Cache(cache.path.parent, 0, 30)
    assert none.get("k") is None
    none.put("other", ANSWER)
    assert cache.info().answers == 0


def test_a_cache_that_may_hold_nothing_makes_no_file(tmp_path: Path) -> None:
    Cache(tmp_path / "cache", 0, 30).put("k", ANSWER)
    assert not (tmp_path / "cache").exists()


def test_clear_removes_everything(cache: Cache) -> None:
    for key in "abc":
        cache.put(key, ANSWER)
    assert cache.clear() == 3
    assert cache.info().answers == 0
    assert "Ünïcödé".encode() not in cache.path.read_bytes()


def _write(folder: Path, name: str) -> None:
    cache = Cache(folder, 10_000_000, 30)
    for number in range(40):
        cache.put(f"{name}{number}", ANSWER)
        assert cache.get(f"{name}{number}") == ANSWER
    assert cache.take_line() == ""


@pytest.mark.slow
def test_several_kernels_write_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, name)) for name in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert Cache(tmp_path, 10_000_000, 30).info().answers == 120


@pytest.mark.parametrize(
    "other",
    [
        {"model": "n"},
        {"messages": [{"role": "user", "content": "Hi "}]},
        {"temperature": 0.3},
        {"seed": 1},
    ],
)
def test_the_key_distinguishes_requests(other: dict[str, Any]) -> None:
    assert key_of(URL, {**REQUEST, **other}) != key_of(URL, REQUEST)


def test_the_key_distinguishes_addresses_and_nothing_else() -> None:
    assert key_of("http://127.0.0.1", REQUEST) != key_of(URL, REQUEST)
    shuffled = dict(reversed(REQUEST.items()))
    assert key_of(URL, {**shuffled, "stream": True}) == key_of(URL, REQUEST)


def test_the_folder_follows_the_systems_rules(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert cache_folder() == tmp_path / "xdg" / "groq_magic"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert cache_folder() == tmp_path / ".cache" / "groq_magic"
    monkeypatch.setattr("sys.platform", "darwin")
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert cache_folder() == tmp_path / "Library/Caches" / "groq_magic"
