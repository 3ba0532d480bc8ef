"""The key in a `.env`, whatever else the file is or holds."""

from __future__ import annotations

import codecs
import io
import math
import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from dotenv import dotenv_values
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.api.key import KEY_NAME, ApiKey, KeySearch, _from_file, find_key, search_key
from groq_magic.errors import ApiKeyError

if TYPE_CHECKING:
    from pathlib import Path

KEY = "gsk_made_up_0123456789"
LINE = f"GROQ_API_KEY={KEY}"


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_NAME, raising=False)


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """A `.env` above the folder in which the search begins."""
    (tmp_path / "a").mkdir()
    return tmp_path / ".env"


def found(env: Path) -> ApiKey | None:
    return find_key(env.parent / "a")


@pytest.mark.parametrize(
    "content",
    [
        LINE,
        f"\n\n  {LINE}  \n",
        f"export {LINE}\n",
        f"GROQ_API_KEY = {KEY}",
        f"GROQ_API_KEY='{KEY}'",
        f'GROQ_API_KEY="{KEY}"  # mine',
        f"GROQ_API_KEY={KEY} # mine",
        f"'GROQ_API_KEY'={KEY}",
        f"A=1\r\n{LINE}\r\nB=2\r\n",
        f"A=1\r{LINE}\rB=2",
        f"GROQ_API_KEY=gsk_old\n{LINE}\n",
        f"\N{ZERO WIDTH NO-BREAK SPACE}{LINE}",
        f"this is no assignment\n=\n%%%\nB='unclosed\n{LINE}\n",
        f'B="unclosed\n{LINE}\nC="too\n',
        f"A=\0\0\n{LINE}\n\0",
        f"XGROQ_API_KEY=1\nGROQ_API_KEY_2=2\n#GROQ_API_KEY=3\n{LINE}\n#{LINE}x",
    ],
)
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "latin-1"]
)
def test_the_key_is_read_in_any_form_and_encoding(
    env: Path, content: str, encoding: str, caplog: pytest.LogCaptureFixture
) -> None:
    if encoding == "latin-1":
        content = "# clé, \N{POUND SIGN}\n" + content.removeprefix("\ufeff")
    env.write_bytes(content.encode(encoding))
    assert found(env) == ApiKey(KEY, ".env")
    assert caplog.records == []


def test_utf_16_as_powershell_writes_it_is_read(env: Path) -> None:
    env.write_bytes(codecs.BOM_UTF16_LE + f"{LINE}\r\n".encode("utf-16-le"))
    assert found(env) == ApiKey(KEY, ".env")


@pytest.mark.parametrize(
    "content",
    ["", "GROQ_API_KEY", "GROQ_API_KEY=", "GROQ_API_KEY=''", "GROQ_API_KEY=  # none yet", "B=1"],
)
def test_without_a_value_there_is_no_key(env: Path, content: str) -> None:
    env.write_text(content, "utf-8")
    assert search_key(lambda: env.parent / "a") == KeySearch()


@pytest.mark.parametrize("value", [f'"{KEY}', f"{KEY}'", f"\N{LEFT DOUBLE QUOTATION MARK}{KEY}"])
def test_a_key_that_is_quoted_by_half_is_named_and_not_shown(env: Path, value: str) -> None:
    env.write_text(f"GROQ_API_KEY={value}\n", "utf-8")
    with pytest.raises(ApiKeyError) as caught:
        found(env)
    assert ".env" in str(caught.value)
    assert KEY not in str(caught.value)


NAMES = st.sampled_from(["A", "B_2", KEY_NAME, f"{KEY_NAME}_OLD"])
VALUES = st.text("gsk_abc019-", min_size=1, max_size=8)
FORMS = st.sampled_from(["{}={}", "export {}={}", "{} = {}", "{}='{}'", '{}="{}"', "{}={} # why"])
ENDS = st.sampled_from(["\n", "\r\n", "\n\n", "\n# a note\n"])


@given(st.lists(st.tuples(FORMS, NAMES, VALUES, ENDS), max_size=6))
def test_it_is_the_key_that_python_dotenv_reads(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str, str, str]]
) -> None:
    text = "".join(form.format(name, value) + end for form, name, value, end in lines)
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_text(text, "utf-8", newline="")
    expected = dotenv_values(stream=io.StringIO(text), interpolate=False).get(KEY_NAME)
    assert _from_file(path) == (expected or "")


@given(st.binary(max_size=200))
def test_any_bytes_are_a_key_or_none(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("env") / ".env"
    path.write_bytes(data + f"\n{LINE}\n".encode())
    assert _from_file(path) == KEY


@pytest.mark.parametrize(
    "kind", ["folder", "pipe", "broken link", "link to itself", "link to zero"]
)
def test_what_is_no_file_is_passed_by(env: Path, kind: str) -> None:
    near = env.parent / "a" / ".env"
    env.write_text(LINE, "utf-8")
    match kind:
        case "folder":
            near.mkdir()
        case "pipe":
            os.mkfifo(near)
        case "broken link":
            near.symlink_to("nowhere")
        case "link to itself":
            near.symlink_to(near)
        case _:
            near.symlink_to("/dev/zero")
    assert search_key(lambda: env.parent / "a") == KeySearch(ApiKey(KEY, ".env"))


def test_a_file_that_can_not_be_read_is_named_where_no_other_has_a_key(
    env: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = env.parent / "a" / ".env"
    near.write_text(LINE, "utf-8")
    # Root may read anything: the refusal is made up.
    opened = type(near).open

    def refused(path: Path, *how: Any, **more: Any) -> object:
        if path == near:
            raise PermissionError(13, "Permission denied")
        return opened(path, *how, **more)

    monkeypatch.setattr(type(near), "open", refused)
    nothing = search_key(lambda: near.parent)
    assert nothing.key is None
    assert nothing.skipped == f"{near} can't be read (permission denied); a key in it is not used."
    env.write_text(LINE, "utf-8")
    assert search_key(lambda: near.parent).key == ApiKey(KEY, ".env")


def test_a_huge_file_costs_no_time_and_is_named(env: Path) -> None:
    small, huge = env.parent / "small", env
    small.write_bytes(b"A=1\n" * 200_000 + LINE.encode())
    with huge.open("wb") as file:
        file.truncate(10**9)
    began = time.thread_time()
    assert _from_file(small) == KEY
    between = time.thread_time()
    nothing = search_key(lambda: env.parent)
    # A gigabyte takes about as long as what is read of it; all of it would take a thousand times.
    assert time.thread_time() - between < 50 * (between - began) + 0.05
    assert nothing.key is None
    assert "larger than 1 MB" in nothing.skipped


@pytest.mark.parametrize("run", [" ", "\t", '"', "#", " #", '" ', "'\" ", "export "])
def test_a_long_line_takes_as_long_as_it_is(env: Path, run: str) -> None:
    def took(length: int) -> float:
        env.write_text(f"GROQ_API_KEY={run * (length // len(run))}x\n{LINE}", "utf-8")
        best = math.inf
        for _ in range(3):
            began = time.thread_time()
            assert found(env) is not None
            best = min(best, time.thread_time() - began)
        return best

    # Sixteen times as long: a square would take 256 times.
    assert took(800_000) < 64 * took(50_000) + 0.01


def test_without_a_working_folder_there_is_no_file_and_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert search_key(lambda: None) == KeySearch()
    monkeypatch.setenv(KEY_NAME, KEY)
    assert find_key() == ApiKey(KEY, KEY_NAME)
    monkeypatch.chdir(tmp_path)
