"""A real IPython shell for each test, with cells that have ids."""

from __future__ import annotations

import atexit
import sys
import threading
from dataclasses import dataclass, field
from types import CoroutineType
from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from traitlets.config import Config

from tests.shell.page_turns import WORDS, order_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


KEY = "gsk_made_up_for_tests_0123456789"
ECHO = [{"match": f"^{word}", "pieces": [f"{word}!"]} for word in WORDS.values()]


@dataclass(frozen=True)
class CellOutcome:
    """What running a cell left.

    Parameters
    ----------
    text : str
        Standard output, where a terminal's answers and errors go.
    stderr : str
    outputs : list of dict
        Displayed bundles, with `data` and `metadata`.
    error : BaseException or None
    """

    text: str
    stderr: str
    outputs: list[dict[str, Any]]
    error: BaseException | None

    @property
    def data(self) -> dict[str, str]:
        """The one displayed bundle."""
        (output,) = self.outputs
        return dict(output["data"])

    @property
    def plain(self) -> str:
        """The plain text of the one displayed bundle."""
        return self.data["text/plain"]

    @property
    def record(self) -> dict[str, Any]:
        """The metadata of the one displayed answer."""
        (output,) = self.outputs
        return dict(output["metadata"]["groq_magic"])

    @property
    def everything(self) -> str:
        """All that anyone could see, and the exceptions behind it."""
        seen, failure = [self.text, self.stderr, repr(self.outputs)], self.error
        while failure is not None:
            seen += [repr(failure), str(failure), repr(vars(failure))]
            failure = failure.__cause__ or failure.__context__
        return "\n".join(seen)


@dataclass
class Cells:
    """Runs cells in a shell, each with its id.

    Parameters
    ----------
    shell : InteractiveShell
    cell : str or None
        The id of the cell that runs.
    metadata : dict
        What the requests' metadata has beside it, as a front end's page adds it.
    """

    shell: InteractiveShell
    cell: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)
    _asked: list[str] = field(default_factory=list)

    def run(self, source: str, cell: str | None = None) -> CellOutcome:
        """Run a cell; without an id it is one as nbclient sends it."""
        self.cell = cell
        with capture_output() as caught:
            result = self.shell.run_cell(source, store_history=True)
        outputs = [
            {"data": output.data, "metadata": output.metadata or {}} for output in caught.outputs
        ]
        error = result.error_before_exec or result.error_in_exec
        return CellOutcome(caught.stdout, caught.stderr, outputs, error)

    def fine(self, source: str, cell: str | None = None) -> CellOutcome:
        """Run a cell that succeeds."""
        ran = self.run(source, cell)
        assert ran.error is None, ran.everything
        return ran

    @property
    def sent(self) -> dict[str, Any]:
        """The metadata of the running request."""
        return self.metadata | ({"cellId": self.cell} if self.cell else {})

    @property
    def reply(self) -> Any:
        """What `_groq` is."""
        return self.shell.user_ns["_groq"]

    @property
    def session(self) -> Any:
        """The session of the shell."""
        (session,) = (c.session for c in self.shell.configurables if hasattr(c, "model"))
        return session

    @property
    def turns(self) -> list[tuple[str, str]]:
        """Prompts and answers of the conversation in use."""
        session = self.session
        name, practice = session.settings.conversation, session.service.in_practice
        conversation = session.conversations.get(name, practice)
        return [(turn.prompt, turn.answer) for turn in conversation.turns]


@pytest.fixture
def shell_factory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Callable[..., Cells]]:
    """Make shells, one after the other; the last one's extension is unloaded at the end."""
    for name in ("GROQ_API_KEY", "GROQ_BASE_URL", "GROQ_MAGIC_PRACTICE", "JPY_SESSION_NAME"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    kept = sys.modules["__main__"], sys.displayhook, sys.excepthook
    made: list[Cells] = []

    def clear() -> None:
        for cells in made:
            for extension in tuple(cells.shell.extension_manager.loaded):
                cells.shell.extension_manager.unload_extension(extension)
            for value in cells.shell.user_ns.values():
                # Else Python warns, in whichever test then runs, that it was never awaited.
                # By its type: a hostile value raises from `isinstance`.
                if issubclass(type(value), CoroutineType):
                    value.close()
            # It collects all garbage, which takes long for hundreds of shells one by one.
            atexit.unregister(cells.shell.atexit_operations)
        made.clear()
        InteractiveShell.clear_instance()

    def make(*, load: bool = True, **config: Any) -> Cells:
        clear()
        settings = Config(
            {
                "HistoryManager": {"enabled": False},
                # Jedi takes seconds, and what it offers is Python's own.
                "IPCompleter": {"use_jedi": False},
                "GroqMagics": config,
            }
        )
        shell = InteractiveShell.instance(config=settings)
        shell.run_line_magic("colors", "nocolor")
        # IPython keeps them on a class, whatever the shell.
        for kept_there in ("outputs", "exceptions"):  # IPython 8 keeps neither
            getattr(shell.history_manager, kept_there, {}).clear()
        cells = Cells(shell)
        shell.get_parent = lambda: {"metadata": cells.sent}
        made.append(cells)
        if load:
            cells.fine("%load_ext groq_magic")
        return cells

    yield make
    clear()
    sys.modules["__main__"], sys.displayhook, sys.excepthook = kept


@pytest.fixture
def bare(shell_factory: Callable[..., Cells]) -> Cells:
    """A shell with the extension, and neither key nor server."""
    return shell_factory()


@pytest.fixture
def served(
    shell_factory: Callable[..., Cells], practice: Any, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Cells]:
    """Make shells whose asks go to the practice server of the test."""

    def make(**config: Any) -> Cells:
        cells = shell_factory(load=False, **config)
        monkeypatch.setenv("GROQ_BASE_URL", practice.url)
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        cells.fine("%load_ext groq_magic")
        return cells

    return make


@pytest.fixture
def cells(served: Callable[..., Cells], monkeypatch: pytest.MonkeyPatch) -> Cells:
    """A shell whose asks go to the practice server, with static outputs as notebooks keep them."""
    made = served()
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    return made


@pytest.fixture
def terminal(served: Callable[..., Cells]) -> Cells:
    """A shell whose asks go to the practice server, as a terminal shows them."""
    return served()


@pytest.fixture
def key() -> str:
    """The key in use, made up."""
    return KEY


@pytest.fixture
def echoed(cells: Any, practice: Any) -> Any:
    """A shell whose answers are the prompt's first word, and `pong` else."""
    practice.script([*ECHO, {"pieces": ["pong"]}])
    cells.fine("%config GroqMagics.tries = 1")
    return cells


@pytest.fixture
def seen(practice: Any) -> Callable[[], list[list[str]]]:
    """What each request held, without its system prompt."""

    def read() -> list[list[str]]:
        return [
            [m["content"] for m in record["body"]["messages"] if m["role"] != "system"]
            for record in practice.requests()
        ]

    return read


@pytest.fixture
def prompt_of(cells: Cells, practice: Any) -> Callable[..., str]:
    """Run a magic and return the last user message that it sent."""

    def ask(line: str = "%groq_fix", cell: str | None = None) -> str:
        cells.fine(line, cell)
        return practice.requests()[-1]["body"]["messages"][-1]["content"]

    return ask


@pytest.fixture
def groq_threads() -> Callable[[], list[str]]:
    """The names of our threads that live."""
    return lambda: [one.name for one in threading.enumerate() if one.name.startswith("groq")]


@pytest.fixture
def page(echoed: Any) -> Callable[..., None]:
    """Set what the next requests have: the cells of a page, and what it calls deleted."""

    def show(cells: Any = None, deleted: Any = None, notebook: Any = "talk.ipynb") -> None:
        lists = {} if cells is None else order_of(list(cells), notebook)
        echoed.metadata = lists | ({} if deleted is None else {"deletedCells": list(deleted)})

    return show


@pytest.fixture
def ask(echoed: Any, seen: Any) -> Callable[[str], list[str]]:
    """Ask in a cell, and return the prompts that its request had."""

    def asked(cell: str) -> list[str]:
        echoed.fine(f"%groq {WORDS.get(cell, 'Four')}", cell)
        return list(seen()[-1][::2])

    return asked
