"""Which image was drawn last, of figures, results and other outputs."""

from __future__ import annotations

import base64
from types import SimpleNamespace
from typing import Any

import matplotlib as mpl
import matplotlib.pyplot as plt
import pytest
from IPython.core.events import EventManager
from matplotlib.figure import Figure

from groq_magic.errors import PromptError
from groq_magic.session.last_plot import LastPlot

mpl.use("agg")
PNG = base64.b64encode(b"a picture").decode()


def shell_of(**more: Any) -> Any:
    shell = SimpleNamespace(
        user_ns={"Out": {}},
        history_manager=SimpleNamespace(outputs={}),
        displayhook=SimpleNamespace(prompt_count=1),
        **more,
    )
    shell.events = EventManager(shell, ["pre_execute", "post_execute"])
    return shell


def shown(*bundles: Any) -> list[Any]:
    return [SimpleNamespace(bundle=bundle) for bundle in bundles]


@pytest.fixture(autouse=True)
def _no_figures() -> Any:
    plt.close("all")
    yield
    plt.close("all")


def test_nothing_drawn_is_one_line() -> None:
    shell = shell_of()
    shell.history_manager.outputs[3] = shown({"text/plain": "x"}, {"image/png": object()}, None)
    with pytest.raises(PromptError, match="No cell has drawn a plot yet"):
        LastPlot(shell).value()


def test_the_latest_cell_counts_and_in_it_the_latest_output() -> None:
    shell, own = shell_of(), Figure()
    last = LastPlot(shell)
    figure = plt.figure()
    last.keep_figure()
    plt.close("all")
    assert last.value() is figure
    # The figure itself, not the image of it that its cell shows.
    shell.history_manager.outputs[1] = shown({"image/png": PNG})
    assert last.value() is figure
    shell.history_manager.outputs[2] = shown({"image/png": b"raw"}, {"image/png": PNG})
    assert last.value() == b"a picture"
    shell.user_ns["Out"][2] = own
    assert last.value() is own
    shell.displayhook.prompt_count = 3
    last.begin()
    figure = plt.figure()
    assert last.value() is figure
    # IPython 8 counts on before the cell ends.
    shell.displayhook.prompt_count = 4
    last.keep_figure()
    assert last.value() is figure
    shell.user_ns["Out"][4] = own
    assert last.value() is own


def test_it_comes_before_whoever_closes_the_figures() -> None:
    shell = shell_of()
    shell.events.register("post_execute", lambda: plt.close("all"))
    last = LastPlot(shell)
    last.install()
    figure = plt.figure()
    shell.events.trigger("post_execute")
    assert plt.get_fignums() == []
    assert last.value() is figure
    last.uninstall()
    assert len(shell.events.callbacks["post_execute"]) == 1
    assert shell.events.callbacks["pre_execute"] == []
    with pytest.raises(PromptError):
        last.value()


def test_a_session_without_history_fails_nowhere() -> None:
    shell = shell_of()
    del shell.history_manager.outputs
    shell.user_ns = {"Out": "mine"}
    with pytest.raises(PromptError):
        LastPlot(shell).value()
