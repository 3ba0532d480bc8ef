"""The file of answers where it is damaged, locked, or can't be reached."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.ledger.cache import Cache, CacheInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NOBODY = 65534
ANSWER = {"text": "Ünïcödé 😀 and 'quotes'", "usage": {"total_tokens": 3}}


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache", 10_000, 30)


@pytest.fixture
def ordinary_folder() -> Iterator[Path]:
    """Be someone whom a folder's mode can keep out, in a folder of theirs: root may write all."""
    folder = Path(tempfile.mkdtemp())
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    if is_root:
        os.chown(folder, _NOBODY, _NOBODY)
        os.seteuid(_NOBODY)
    try:
        yield folder
    finally:
        if is_root:
            os.seteuid(0)
        shutil.rmtree(folder)


def _zeros(path: Path) -> None:
    path.write_bytes(bytes(8192))


def _text(path: Path) -> None:
    path.write_text("This is no database at all, but a text. " * 100)


def _torn(path: Path) -> None:
    whole = path.read_bytes()
    path.write_bytes(whole[:100] + os.urandom(len(whole) - 100))


@pytest.mark.parametrize("damage", [_zeros, _text, _torn])
def test_a_damaged_file_is_deleted_with_a_line(
    cache: Cache, damage: Callable[[Path], None]
) -> None:
    cache.put("k", ANSWER)
    damage(cache.path)
    assert cache.get("k") is None
    cache.put("k", ANSWER)
    assert cache.get("k") == ANSWER
    line = cache.take_line()
    assert "damaged" in line
    assert "\n" not in line
    assert list(cache.path.parent.iterdir()) == [cache.path]
    assert cache.take_line() == ""


@pytest.mark.parametrize("begin", [0.25, 0.5, 0.75])
def test_an_answer_is_kept_although_the_file_proves_damaged_only_then(
    cache: Cache, begin: float
) -> None:
    for number in range(20):
        cache.put(f"{number}", {"text": "x" * 400})
    whole = cache.path.read_bytes()
    intact = int(len(whole) * begin)
    cache.path.write_bytes(whole[:intact] + b"\xa5" * (len(whole) - intact))
    cache.put("k", ANSWER)
    assert cache.get("k") == ANSWER
    assert cache.fault == ""


def test_a_damaged_file_that_cannot_be_deleted_is_done_without(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: Any, **__: Any) -> None:
        raise PermissionError(13, "Permission denied")

    cache.put("k", ANSWER)
    _text(cache.path)
    monkeypatch.setattr(Path, "unlink", refused)
    cache.put("k", ANSWER)
    assert cache.get("k") is None
    assert "(Permission denied); asks continue without it" in cache.take_line()
    assert (cache.clear(), cache.fault) == (0, "Permission denied")


def test_a_journal_of_a_damaged_file_is_deleted_with_it(cache: Cache) -> None:
    cache.put("k", ANSWER)
    journal = cache.path.with_name(f"{cache.path.name}-journal")
    journal.write_text("a private answer")
    _text(cache.path)
    cache.put("k", ANSWER)
    assert cache.get("k") == ANSWER
    assert not journal.exists()


@pytest.mark.parametrize("answer", ["[1, 2", "[" * 100_000, "[]", b"\xff\xfe\xfa"])
def test_an_invalid_row_is_no_answer(cache: Cache, answer: str | bytes) -> None:
    cache.put("k", ANSWER)
    with sqlite3.connect(cache.path) as file:
        file.execute("UPDATE answers SET answer = CAST(? AS TEXT)", (answer,))
    file.close()
    assert cache.get("k") is None
    assert cache.take_line() == ""


def test_a_folder_that_cannot_be_written_is_done_without(ordinary_folder: Path) -> None:
    ordinary_folder.chmod(0o500)
    _put_fails(Cache(ordinary_folder / "cache", 10_000, 30))
    ordinary_folder.chmod(0o700)


def test_a_place_that_is_no_folder_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file stands here")
    _put_fails(Cache(tmp_path / "cache", 10_000, 30))


@pytest.fixture(params=["a name too long", "a folder of someone else"])
def closed(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """Name a place that can't even be looked at."""
    if request.param == "a name too long":
        yield tmp_path / ("x" * 300)
        return
    theirs = tmp_path / "theirs"
    theirs.mkdir(mode=0o000)
    if not hasattr(os, "geteuid") or os.geteuid() == 0:
        # No mode keeps root out.
        look = os.stat

        def refused(path: Any, **options: Any) -> os.stat_result:
            if str(path).startswith(f"{theirs}{os.sep}"):
                raise PermissionError(13, "Permission denied", str(path))
            return look(path, **options)

        monkeypatch.setattr(os, "stat", refused)
    yield theirs / "cache"
    theirs.chmod(0o700)


def test_a_place_that_cannot_be_looked_at_is_done_without(closed: Path) -> None:
    cache = Cache(closed, 10_000, 30)
    assert cache.get("k") is None
    assert "asks continue without it" in cache.take_line()
    assert (cache.info(), bool(cache.fault)) == (CacheInfo(0, 0, None), True)
    assert (cache.clear(), bool(cache.fault)) == (0, True)
    cache.put("k", ANSWER)
    assert cache.take_line() == ""


def _put_fails(cache: Cache) -> None:
    cache.put("k", ANSWER)
    assert cache.get("k") is None
    assert "asks continue without it" in cache.take_line()
    cache.put("k", ANSWER)
    assert cache.take_line() == ""


def test_a_file_that_can_only_be_read_still_answers(
    cache: Cache, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.put("k", ANSWER)
    connect = sqlite3.connect

    def read_only(path: Path, **options: Any) -> sqlite3.Connection:
        return connect(f"file:{path}?mode=ro", uri=True, **options)

    monkeypatch.setattr(sqlite3, "connect", read_only)
    assert cache.get("k") == ANSWER
    cache.put("other", ANSWER)
    assert "asks continue without it" in cache.take_line()
    for _ in range(2):
        assert cache.clear() == 0
        assert "readonly" in cache.fault
    assert cache.get("k") == ANSWER
    assert cache.fault == ""


@pytest.fixture
def other(cache: Cache) -> Iterator[sqlite3.Connection]:
    """Open the file, with one answer, as another kernel has it open."""
    cache.put("k", ANSWER)
    file = sqlite3.connect(cache.path, isolation_level=None)
    yield file
    file.close()


def test_a_lock_is_waited_for_briefly(
    cache: Cache, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    connect = sqlite3.connect

    def noted(path: Path, *, timeout: float, **options: Any) -> sqlite3.Connection:
        waits.append(timeout)
        return connect(path, timeout=0.0, **options)

    monkeypatch.setattr(sqlite3, "connect", noted)
    other.execute("BEGIN EXCLUSIVE")
    for _ in range(2):
        assert cache.get("k") is None
        cache.put("k", ANSWER)
    assert "locked" in cache.take_line()
    assert cache.take_line() == ""
    assert cache.clear() == 0
    assert "locked" in cache.fault
    other.execute("ROLLBACK")
    cache.put("k", ANSWER)
    assert cache.get("k") == ANSWER
    assert all(0 < wait <= 0.5 for wait in waits)


def test_an_answer_is_given_at_once_while_another_kernel_writes(
    cache: Cache, other: sqlite3.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groq_magic.ledger.cache._WAIT", 20.0)
    slow = Cache(cache.path.parent, 10_000, 30)
    found: list[Any] = []
    other.execute("BEGIN IMMEDIATE")
    asking = threading.Thread(target=lambda: found.append(slow.get("k")))
    asking.start()
    asking.join(10)
    waited = asking.is_alive()
    other.execute("ROLLBACK")
    asking.join()
    assert (found, waited) == ([ANSWER], False)
