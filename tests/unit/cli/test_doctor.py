"""`groq-magic doctor`: its ten lines, and its exit status."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic import cli
from groq_magic.cli import doctor

if TYPE_CHECKING:
    from pathlib import Path

KEY = "gsk_made_up_for_tests_0123456789"
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def _no_key_and_no_address(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("GROQ_API_KEY", "GROQ_BASE_URL"):
        monkeypatch.delenv(name, raising=False)


def report(capsys: Any) -> tuple[int, dict[str, str], str]:
    """Run it; return its exit status, its lines by their subject, and the last one."""
    status = cli.main(["doctor"])
    first, *lines, last = capsys.readouterr().out.splitlines()
    assert first.startswith("groq-magic ")
    assert len(lines) + 2 == 10
    found = {line[9:20].strip(): f"{line[:8].strip()}: {line[21:]}" for line in lines}
    assert KEY not in str(found)
    return status, found, last


def test_with_a_key_and_a_connection_asks_will_work(
    practice: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    status, found, last = report(capsys)
    assert (status, last) == (0, "Asks will work.")
    assert found["key"] == "ok: from GROQ_API_KEY"
    assert found["connection"].startswith(f"ok: {practice.url} lists 4 models for this key, in ")
    assert found["JavaScript"].startswith("ok: ")
    assert "anywidget " in found["widgets"]
    assert len(practice.requests("/openai/v1/models")) == 1


def test_without_a_key_the_report_names_the_page_of_keys(capsys: Any) -> None:
    status, found, last = report(capsys)
    assert status == 1
    assert found["key"].startswith("missing: set GROQ_API_KEY")
    assert "https://console.groq.com/keys" in found["key"]
    assert found["connection"] == "-: not tried without a key"
    assert "`%groq_practice on` in a notebook, and `groq-magic demo`, need no key" in last


def test_a_deleted_folder_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    status, found, _ = report(capsys)
    assert status == 1
    assert found["key"] == "fault: this folder was deleted; run groq-magic doctor in another one"
    monkeypatch.setenv("GROQ_API_KEY", f"'{KEY}'")
    assert report(capsys)[1]["key"].startswith("fault: The key from GROQ_API_KEY")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        (("GROQ_BASE_URL", NOWHERE), "connection fault: http://127.0.0.1:9 can't be reached"),
        (("GROQ_BASE_URL", "http://groq.test"), "connection fault: not tried: http://groq.test"),
        (("GROQ_BASE_URL", "ftp://groq"), "connection fault: GROQ_BASE_URL is"),
        (("GROQ_API_KEY", f"'{KEY}'"), "key fault: The key from GROQ_API_KEY is in quote marks"),
    ],
)
def test_a_fault_is_reported_in_its_line(
    monkeypatch: pytest.MonkeyPatch, capsys: Any, setting: tuple[str, str], line: str
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    monkeypatch.setenv(*setting)
    status, found, _ = report(capsys)
    subject, _, text = line.partition(" ")
    assert status == 1
    assert found[subject].startswith(text)


def test_a_refused_key_is_a_fault_of_the_connection(
    practice: Any, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    practice.faults(models=("401",))
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    status, found, _ = report(capsys)
    assert status == 1
    assert found["connection"].startswith("fault: ")


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    before = doctor.version

    def version(name: str) -> str:
        if name in {"anywidget", "notebook"}:
            raise PackageNotFoundError(name)
        return before(name)

    monkeypatch.setattr(doctor, "version", version)
    monkeypatch.setattr(doctor, "_PAGE_PARTS", ("no-such-part",))
    _, found, _ = report(capsys)
    assert found["widgets"].startswith("missing: anywidget is missing, ipywidgets ")
    assert found["front ends"].startswith("ok: jupyterlab ")
    assert found["JavaScript"].startswith("missing: no-such-part: answers come without streaming")
    assert "pip install 'groq-magic[lab]'" in found["widgets"]
