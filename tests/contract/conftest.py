"""A session without a kernel, whose asks go to the practice server."""

from __future__ import annotations

import subprocess
import threading
import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.asking.flow import send_ask
from groq_magic.errors import GroqMagicError
from groq_magic.options import AskOptions
from groq_magic.session.ask import Ask
from groq_magic.session.session import Session
from groq_magic.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from groq_magic.reply import Reply

_SELF_SIGNED = ("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2")
KEY = "gsk_made_up_for_tests_0123456789"


class RecordingView:
    """Shows nothing and records what it was asked to show.

    Parameters
    ----------
    stop_when : callable
        Takes the view; once it is true the user presses Stop.
    stopped : threading.Event
        Set by Stop.
    """

    def __init__(
        self, stop_when: Callable[[RecordingView], bool] | None, stopped: threading.Event
    ) -> None:
        self.stopped = stopped
        self.fed = ""
        self.thought = ""
        self.waits: list[str] = []
        self.settled: Any = None
        self.endings: list[str] = []
        self._stop_when = stop_when

    def open(self, opening: Any) -> None:
        self.opening = opening

    def feed(self, text: str, reasoning: str) -> None:
        self.fed += text
        self.thought += reasoning
        self._look()

    def progress(self, progress: Any) -> None:
        if progress.waiting:
            self.waits.append(progress.waiting)
        self._look()

    def finish(self, settled: Any) -> None:
        self.settled = settled
        self.endings.append("settled")

    def discard(self) -> None:
        self.endings.append("discarded")

    def _look(self) -> None:
        if self._stop_when is not None and self._stop_when(self):
            self.stopped.set()


@dataclass
class AskResult:
    """The result of an ask."""

    view: RecordingView
    reply: Reply | None
    error: GroqMagicError | None

    @property
    def marks(self) -> str:
        """What the bar says of how it ended."""
        return " · ".join(self.view.settled.bar.marks) if self.view.settled else ""

    @property
    def warnings(self) -> str:
        """What stands above the answer, in the warning colour."""
        return " ".join(self.view.settled.warnings) if self.view.settled else ""

    @property
    def everything(self) -> str:
        """All that anyone could see, and the exceptions behind it with their frames' values."""
        seen = [repr(vars(self.view)), repr(self.reply)]
        seen += [repr(vars(self.reply))] if self.reply is not None else []
        failure: BaseException | None = self.error
        while failure is not None:
            seen += [repr(failure), str(failure), repr(vars(failure))]
            failure = failure.__cause__ or failure.__context__
        return "\n".join(seen)


@dataclass
class Notebook:
    """A session, and the cells that run in it."""

    session: Session
    shell: Any
    folded: list[str] = field(default_factory=list)
    event: Callable[[], threading.Event] = threading.Event

    def ask(
        self,
        prompt: str = "Count",
        cell: str | None = "a",
        stop_when: Callable[[RecordingView], bool] | None = None,
        **options: Any,
    ) -> AskResult:
        """Run a cell with one ask."""
        self.shell.execution_count += 1
        self.shell.cell = cell
        self.session.cell_begins()
        view, error = RecordingView(stop_when, self.event()), None
        try:
            send_ask(self.session, Ask(prompt, AskOptions(**options)), lambda: view)
        except GroqMagicError as failure:
            error = failure
        self.session.cell_ended(succeeded=error is None)
        return AskResult(view, self.shell.user_ns.get("_groq"), error)

    @property
    def turns(self) -> list[tuple[str, str, str | None]]:
        """Prompt, answer and ending of each turn."""
        turns = self.session.conversations.get("main").turns
        return [(turn.prompt, turn.answer, turn.finish_reason) for turn in turns]


@pytest.fixture
def certificate(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate of this machine, and its key."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    subprocess.run(
        (*_SELF_SIGNED, "-keyout", str(key), "-out", str(cert), *names),
        check=True,
        capture_output=True,
    )
    return cert, key


@pytest.fixture
def key() -> str:
    """The key in use, made up."""
    return KEY


@pytest.fixture
def notebook_factory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> Iterator[Callable[..., Notebook]]:
    """Make notebooks whose asks go to the server at a URL."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    made: list[Notebook] = []

    def make(url: str, **settings: Any) -> Notebook:
        monkeypatch.setenv("GROQ_BASE_URL", url)
        monkeypatch.setenv("GROQ_API_KEY", KEY)
        shell = SimpleNamespace(user_ns={}, execution_count=0, cell=None)
        shell.displayhook = SimpleNamespace(prompt_count=1)
        shell.get_parent = lambda: {"metadata": {"cellId": shell.cell} if shell.cell else {}}
        session = Session(shell, Settings(**settings), lambda: None)
        notebook = Notebook(session, shell)
        monkeypatch.setattr(
            "groq_magic.views.guarded_view.show_folded",
            lambda _heading, text: notebook.folded.append(text),
        )
        made.append(notebook)
        return notebook

    yield make
    for notebook in made:
        notebook.session.close()
    assert not reader_threads()


@pytest.fixture
def notebook(
    notebook_factory: Callable[..., Notebook], practice: Any, monkeypatch: pytest.MonkeyPatch
) -> Notebook:
    """A notebook on the practice server, where waits that nobody asked for are short."""
    monkeypatch.setattr("groq_magic.api.send.backoff", lambda _tried: 0.01)
    return notebook_factory(practice.url)


def reader_threads(within: float = 2.0) -> list[str]:
    """Return the threads of ours that are still there after a while."""
    until = time.monotonic() + within
    while True:
        found = [t.name for t in threading.enumerate() if t.name.startswith("groq-magic")]
        if not found or time.monotonic() > until:
            return found
        time.sleep(0.01)
