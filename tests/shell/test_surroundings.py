"""Odd surroundings: a working folder that is gone, a terminal that has few characters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.errors import GroqMagicError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAGICS = (
    *(
        "%groq Hi",
        "%%groq\nHi {{x}}",
        "%groq",
        "%groq --dry-run Hi",
        "%groq_retry",
        "%groq -m fast Hi",
    ),
    *("%groq_model", "%groq_model fast", "%groq_models", "%groq_system", "%groq_system Be terse."),
    *("%groq_history", "%groq_undo", "%groq_restore", "%groq_reset", "%groq_conversation"),
    *("%groq_conversation other", "%groq_usage", "%groq_export", "%groq_help all", "%groq_cache"),
    *("%groq_cache on", "%groq_cache clear", "%groq_replay", "%groq_replay on", "%groq_replay off"),
    *("%groq_explain x", "%groq_fix", "%%groq_code\nSay hi.", "%%groq_code --session\nSay hi."),
    *("%groq_practice --script no.json", "%groq_practice", "%groq Hi", "%groq_practice off"),
    *("%groq_replay on gone.ipynb", "%groq_key"),
)


@pytest.fixture
def folder_gone(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Delete the working folder; the former one is that again at the end."""
    before = Path.cwd()

    def delete() -> None:
        gone = tmp_path / "gone"
        gone.mkdir()
        os.chdir(gone)
        gone.rmdir()
        with pytest.raises(FileNotFoundError):
            os.getcwd()  # noqa: PTH109 - what is gone

    yield delete
    os.chdir(before)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("with_key", [True, False])
def test_every_magic_works_in_a_folder_that_was_deleted(
    cells: Any, folder_gone: Callable[[], None], monkeypatch: pytest.MonkeyPatch, *, with_key: bool
) -> None:
    folder_gone()
    if not with_key:
        monkeypatch.delenv("GROQ_API_KEY")
    cells.fine("x = 1\ndef f(): return 1 / 0", "a")
    cells.run("f()", "b")
    for line in MAGICS:
        ran = cells.run(line, "c")
        assert ran.error is None or isinstance(ran.error, GroqMagicError), (line, ran.everything)
        assert "FileNotFound" not in ran.text
        answers = with_key and line.startswith(("%groq Hi", "%groq_fix", "%%groq"))
        assert not answers or ran.error is None, (line, ran.everything)


SESSION = """
%load_ext groq_magic
d = {"naïve": "日本 ‘quoted’ — …"}
%groq Say naïve — “日本” · ≈ {{d}} {{missing}}
get_ipython().run_cell_magic("groq", "", "Ünïcödé {{d}}")
%groq
%groq_help all
%groq_models
%groq_history
%groq_usage
%groq_system Sprich Deutsch — “knapp”, 日本語.
%groq_export
%groq_model nö/such
%groq_model fast
%groq {{d["naïv"]}}
%groq --nö
%groq_explain d
1 / 0
%groq_fix
%groq_cache
%groq_conversation 日本
"""


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "utf-8"])
def test_a_terminal_of_few_characters_gets_what_it_can_show(
    practice: Any, encoding: str, tmp_path: Path, key: str
) -> None:
    practice.script(
        [
            {
                "match": ".",
                "pieces": ["naïve — “日本” ", "≈ 2 × 3 … `x`\n\n| a | ü |\n|---|---|\n| 1 | 日 |"],
            }
        ]
    )
    env = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "GROQ_BASE_URL": practice.url,
        "GROQ_API_KEY": key,
        "IPYTHONDIR": str(tmp_path),
        "PYTHONUTF8": "0",
    }
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--colors=NoColor"],
        input=SESSION.encode(encoding, "replace"),
        capture_output=True,
        cwd=tmp_path,
        env=env,
        check=False,
        timeout=120,
    )
    out = done.stdout.decode(encoding) + done.stderr.decode(encoding)
    assert "UnicodeEncodeError" not in out, out
    assert "could not be drawn" not in out, out
    assert out.count("Traceback") == 1, out  # that of 1 / 0
    assert out.count("ZeroDivisionError: division by zero") >= 1
    shown = {"ascii": "na?ve - ", "cp1252": "naïve — “??” ", "utf-8": "naïve — “日本” ≈ 2 × 3 …"}
    assert shown[encoding] in out
