"""Loading is light, unloading leaves nothing, and settings come from where IPython's do."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.magics.display import live_of
from groq_magic.magics.extension import GroqMagics, session_of

if TYPE_CHECKING:
    from collections.abc import Callable


HEAVY = ("groq", "httpx", "pydantic", "markdown", "ipywidgets", "anywidget", "pandas", "nh3")


LOAD = """
import json, sys, time
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
before = set(sys.modules)
begun = time.process_time()
shell.run_line_magic("load_ext", "groq_magic")
took = time.process_time() - begun
added = sorted(set(sys.modules) - before)
begun = time.process_time()
import ipywidgets
print(json.dumps([added, took, time.process_time() - begun]))
"""


@pytest.mark.parametrize(
    "more", ["%groq_practice on", "1 + 1", "%groq_practice?", "# %groq_practice on"]
)
def test_a_cell_that_loads_and_starts_practice_shows_one_line(cells: Any, more: str) -> None:
    ran = cells.fine(f"%load_ext groq_magic\n{more}")
    shown = [each for each in ran.outputs if "groq-load" in each["data"].get("text/html", "")]
    assert len(shown) == 1
    is_practice = "practice mode: no model answers" in shown[0]["data"]["text/plain"]
    assert is_practice is (more == "%groq_practice on")


def test_loading_imports_little_and_takes_less_than_ipywidgets(tmp_path: Any) -> None:
    environment = {
        **os.environ,
        "IPYTHONDIR": str(tmp_path),
        "PYTHONPATH": os.pathsep.join(sys.path),
    }
    environment.pop("GROQ_API_KEY", None)
    ratios = []
    for _ in range(3):  # the first may compile our modules
        done = subprocess.run(
            [sys.executable, "-c", LOAD],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        )
        added, took, widgets = json.loads(done.stdout.splitlines()[-1])
        assert set(HEAVY).isdisjoint(added)
        # What every front end but a plain shell has anyway, and what loading does not need.
        assert {"asyncio", "ssl", "hashlib", "subprocess"}.isdisjoint(added)
        assert sum(name.split(".")[0] == "groq_magic" for name in added) <= 32
        ratios.append(took / widgets)
    # Wide, for a busy machine that writes no bytecode: a benchmark measures it.
    assert min(ratios) < 2, ratios


def test_loading_leaves_the_session_for_later(shell_factory: Callable[..., Any]) -> None:
    cells = shell_factory()
    (magics,) = (c for c in cells.shell.configurables if type(c).__name__ == "GroqMagics")
    cells.fine("1 + 1", "a")
    cells.fine("%groq_help")
    assert not magics.has_session
    cells.fine("%groq --dry-run hi", "a")
    assert magics.has_session


@pytest.mark.parametrize("use", ["%groq_help", "%groq --dry-run hi", "%groq_usage?"])
def test_a_magic_waits_for_what_is_imported_in_the_background(
    shell_factory: Callable[..., Any], use: str
) -> None:
    cells = shell_factory()
    cells.shell.set_hook("show_in_pager", lambda *_a, **_k: None)
    (magics,) = (c for c in cells.shell.configurables if type(c).__name__ == "GroqMagics")
    waits: list[bool] = []
    magics._imports = SimpleNamespace(is_alive=lambda: not waits, join=lambda: waits.append(True))
    cells.fine(use)
    assert waits == [True]


def test_threads_that_need_the_session_at_once_get_the_same_one(
    shell_factory: Callable[..., Any],
) -> None:
    cells = shell_factory()
    begin = threading.Barrier(8)

    def session() -> int:
        begin.wait(60)
        return id(session_of(cells.shell))

    with ThreadPoolExecutor(8) as threads:
        found = [threads.submit(session) for _ in range(8)]
    assert {each.result() for each in found} == {id(cells.session)}


def test_the_cells_before_the_first_ask_are_those_of_the_notebook(
    shell_factory: Callable[..., Any],
) -> None:
    cells = shell_factory()
    cells.fine("1 + 1", "a")
    cells.fine("%groq --dry-run hi", "b")
    assert cells.session.saved.cells_seen >= {"a", "b"}


def test_the_cell_that_loads_is_one_of_the_notebooks(shell_factory: Callable[..., Any]) -> None:
    cells = shell_factory(load=False)
    cells.fine("%load_ext groq_magic", "a")
    assert cells.session.saved.cells_seen == {"a"}


def test_a_failure_before_the_first_ask_can_be_fixed(shell_factory: Callable[..., Any]) -> None:
    cells = shell_factory()
    cells.run("1 / 0", "a")
    plain = cells.fine("%groq_fix --dry-run", "b").plain
    assert "ZeroDivisionError" in plain


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        f"import groq_magic, sys; print([m for m in {HEAVY!r} + ('IPython',) if m in sys.modules])"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_loading_prints_one_line(shell_factory: Callable[..., Any]) -> None:
    ran = shell_factory(load=False).fine("%load_ext groq_magic")
    assert ran.plain.startswith("groq_magic · openai/gpt-oss-120b · ")
    assert ran.plain.endswith("%groq_help")
    assert len(ran.plain.splitlines()) == 1
    assert ran.text == ""


def traces(shell: Any) -> dict[str, Any]:
    """Everything of a shell that an extension might leave behind."""
    transformers = shell.input_transformer_manager
    return {
        "line": sorted(shell.magics_manager.magics["line"]),
        "cell": sorted(shell.magics_manager.magics["cell"]),
        "registry": sorted(shell.magics_manager.registry),
        "configurables": [type(each).__name__ for each in shell.configurables],
        "events": {name: len(found) for name, found in shell.events.callbacks.items()},
        "matchers": len(shell.Completer.custom_matchers),
        "tokens": list(transformers.token_transformers),
        "lines": list(transformers.line_transforms),
        "cleanup": list(transformers.cleanup_transforms),
        "post": len(shell.input_transformers_post),
        "names": sorted(name for name in shell.user_ns if not name.startswith("_")),
        "observers": {name: len(found) for name, found in shell._trait_notifiers.items()},
    }


def test_unloading_removes_the_extension_of_a_reloaded_module(
    bare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    another = type("GroqMagics", (GroqMagics,), {})
    monkeypatch.setattr("groq_magic.magics.extension.GroqMagics", another)
    bare.fine("%unload_ext groq_magic")
    assert "GroqMagics" not in {type(each).__name__ for each in bare.shell.configurables}


def test_unloading_leaves_nothing(
    shell_factory: Callable[..., Any],
    practice: Any,
    monkeypatch: pytest.MonkeyPatch,
    key: Any,
    groq_threads: Callable[[], list[str]],
) -> None:
    cells = shell_factory(load=False)
    # IPython loads what this needs at the first use.
    cells.run("%unload_ext nothing")
    before = traces(cells.shell)
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    monkeypatch.setenv("GROQ_API_KEY", key)
    for _ in range(2):
        cells.fine("%load_ext groq_magic")
        cells.fine("%groq Say hi", "a")
        cells.fine("%groq_practice on")
        cells.fine("%groq Say hi", "a")
        server = cells.session.service._practice._process
        cells.fine("%unload_ext groq_magic")
        assert server.poll() is not None
        assert traces(cells.shell) == before
        until = time.monotonic() + 5
        while groq_threads() and time.monotonic() < until:
            time.sleep(0.01)
        assert groq_threads() == []


def test_reloading_leaves_one_of_everything(shell_factory: Callable[..., Any]) -> None:
    cells = shell_factory()
    once = traces(cells.shell)
    first = cells.session
    cells.fine("%reload_ext groq_magic")
    assert traces(cells.shell) == once
    assert cells.session is not first
    cells.fine("%config GroqMagics.model = 'some/model'")
    assert cells.session.settings.model == "some/model"
    assert first.settings.model != "some/model"


def test_loading_twice_changes_nothing(bare: Any) -> None:
    once = traces(bare.shell)
    bare.fine("%load_ext groq_magic")
    bare.fine("import groq_magic; groq_magic.load_ipython_extension(get_ipython()); del groq_magic")
    assert traces(bare.shell) == once


@pytest.mark.parametrize(
    "source",
    [
        "%load_ext groq_magic",
        "load_ext groq_magic",
        "import os\nif True:\n    %load_ext groq_magic",
        "get_ipython().run_line_magic('load_ext', 'groq_magic')",
    ],
)
def test_the_cell_that_loads_shows_the_greeting_each_time(bare: Any, source: str) -> None:
    session, once = bare.session, traces(bare.shell)
    for _ in range(2):
        ran = bare.fine(source, "a")
        assert ran.plain.startswith("groq_magic · openai/gpt-oss-120b · ")
        assert ran.text == ""
    assert bare.session is session
    assert {**traces(bare.shell), "names": once["names"]} == once


@pytest.mark.parametrize(
    "source", ["'%load_ext groq_magic'", "1 / 0 # load_ext groq_magic", "# load_ext groq_magic"]
)
def test_a_cell_that_only_mentions_load_ext_keeps_the_extension_loaded(
    bare: Any, source: str
) -> None:
    bare.run(source, "a")
    assert "groq_magic" in bare.shell.extension_manager.loaded


def test_a_cell_that_unloads_and_loads_begins_again(bare: Any) -> None:
    session = bare.session
    ran = bare.fine("%unload_ext groq_magic\n%load_ext groq_magic", "a")
    assert ran.plain.startswith("groq_magic · ")
    assert bare.session is not session
    assert "groq_magic" in bare.shell.extension_manager.loaded
    bare.fine("%unload_ext groq_magic", "a")
    assert "groq_magic" not in bare.shell.extension_manager.loaded


def test_an_extension_that_ask_loaded_can_be_unloaded_and_reloaded(
    shell_factory: Callable[..., Any], practice: Any, monkeypatch: pytest.MonkeyPatch, key: Any
) -> None:
    cells = shell_factory(load=False)
    cells.run("%unload_ext nothing")
    cells.fine("import groq_magic")
    before = traces(cells.shell)
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    monkeypatch.setenv("GROQ_API_KEY", key)
    for use in ("groq_magic.ask('Say hi', once=True)", "groq_magic.get_session()"):
        cells.fine(use, "a")
        once, session = traces(cells.shell), cells.session
        assert cells.fine("%load_ext groq_magic").plain.startswith("groq_magic · ")
        assert cells.session is session
        cells.fine("%reload_ext groq_magic")
        assert traces(cells.shell) == once
        assert cells.session is not session
        assert "not loaded" not in cells.fine("%unload_ext groq_magic").text
        assert traces(cells.shell) == before
        assert "groq_magic" not in cells.shell.extension_manager.loaded
        assert "not loaded" in cells.fine("%unload_ext groq_magic").text
    cells.fine("%load_ext groq_magic")
    assert traces(cells.shell) == once


def test_the_delayed_start_of_the_page_does_not_outlive_the_session(
    shell_factory: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    monkeypatch.setattr("groq_magic.magics.extension.front_end", lambda _shell: "widgets")
    monkeypatch.setattr("groq_magic.magics.page_start.live_of", made.append)

    async def life() -> list[Any]:
        cells = shell_factory(load=False)
        cells.fine("%load_ext groq_magic")
        until = time.monotonic() + 30
        while not made:  # what it needs is imported in a thread
            await asyncio.sleep(0.01)
            assert time.monotonic() < until
        cells.fine("%unload_ext groq_magic")
        cells.fine("%load_ext groq_magic")
        cells.fine("%unload_ext groq_magic")
        await asyncio.sleep(0.4)
        loop: Any = asyncio.get_running_loop()
        return [each for each in loop._scheduled if not each.cancelled()]

    assert asyncio.run(life()) == []
    assert len(made) == 1


def test_a_task_can_be_chosen_without_a_key(bare: Any) -> None:
    bare.fine("%groq_model fast")
    plain = bare.fine("%groq --dry-run hi").plain
    assert "may mean another model" in plain
    assert "openai/gpt-oss-20b at api.groq.com would get this message:" in plain


def test_models_are_the_chat_models_of_the_key(cells: Any) -> None:
    plain = cells.fine("%groq_models").plain
    assert "openai/gpt-oss-120b" in plain
    assert "131,072" in plain
    assert "whisper" not in plain
    assert "prompt-guard" not in plain


def test_models_are_those_of_the_package_without_models_of_the_service(
    cells: Any, practice: Any
) -> None:
    practice.faults(models=("500",))
    assert "/models did not answer" in cells.fine("%groq_models").plain


def test_the_panel_as_text(cells: Any) -> None:
    cells.fine("%config GroqMagics.temperature = 0.5")
    cells.fine("%groq_system Be kind")
    plain = cells.fine("%groq").plain
    for reported in ("openai/gpt-oss-120b", "0.5", "Be kind"):
        assert reported in plain


def test_the_panel_shows_what_limits_and_logs_what_is_sent(cells: Any, key: str) -> None:
    panel = live_of(cells.session).panel
    rows = [each for line in panel.children for each in line.children]
    row = next(each for each in rows if each.description == "Privacy")
    assert "rows_sent 5 · private none · log none" in cells.fine("%groq").plain
    cells.fine(f"%config GroqMagics.private = ['email', '*_id', '{key}']")
    cells.fine("%config GroqMagics.rows_sent = 0")
    assert "<code>rows_sent</code> 0 · <code>private</code> email, *_id, [key] ·" in row.value
    cells.fine("%config GroqMagics.log = 'groq.jsonl'")
    assert row.value.endswith("<code>log</code> groq.jsonl")


def test_system_prompt_is_shown_set_and_taken_away(bare: Any) -> None:
    assert "No system prompt" in bare.fine("%groq_system").plain
    until = "sent with every ask until %groq_system off or a restart of the kernel:"
    ran = bare.fine("%groq_system Be brief.")
    assert ran.plain == f"System prompt set. It is {until}\nBe brief."
    removed = "System prompt removed. No system prompt is sent; %groq_system text sets one."
    assert bare.fine("%groq_system ''").plain == removed
    bare.fine("%%groq_system\nBe brief.\nBe kind.\n")
    assert bare.session.settings.system == "Be brief.\nBe kind."
    assert bare.fine("%groq_system").plain == f"The system prompt is {until}\nBe brief.\nBe kind."
    assert bare.fine("%groq_system off").plain == removed
    assert bare.session.settings.system == ""


def test_the_demos_environment_switches_practice_on(
    shell_factory: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = shell_factory(load=False)
    monkeypatch.setenv("GROQ_MAGIC_PRACTICE", "1")
    assert "practice mode" in cells.fine("%load_ext groq_magic").plain
    assert cells.fine("%groq Say hi").text.startswith("Practice mode: no model is here")
