"""Where the key comes from, and that it is seen nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from groq_magic.api.key import KeySearch, search_key
from groq_magic.errors import ApiKeyError, InterruptedAskError, RequestError, ServiceError
from groq_magic.magics.page_start import _fill

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FIRST, SECOND = "gsk_first_made_up_key_000", "gsk_second_made_up_key_111"


@pytest.fixture
def fresh(shell_factory: Callable[..., Any], practice: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell with an address and no key."""
    cells = shell_factory()
    monkeypatch.setenv("GROQ_BASE_URL", practice.url)
    return cells


@pytest.fixture
def strict(fresh: Any, practice_factory: Any, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ARG001 - its shell comes first
    """A server that knows the first key alone."""
    server = practice_factory(keys=FIRST)
    monkeypatch.setenv("GROQ_BASE_URL", server.url)
    return server


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Let the user type keys, and return what was asked."""

    def typing(*keys: str | BaseException) -> list[str]:
        questions: list[str] = []
        left = list(keys)

        def getpass(question: str) -> str:
            questions.append(question)
            typed = left.pop(0)
            if isinstance(typed, BaseException):
                raise typed
            return typed

        monkeypatch.setattr("groq_magic.magics.key.has_input", lambda _shell: True)
        monkeypatch.setattr("getpass.getpass", getpass)
        return questions

    return typing


def test_the_environments_key_is_used(
    fresh: Any, strict: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", f"  {FIRST}\n")
    fresh.fine("%groq Say hi")
    assert len(strict.requests()) == 1


@pytest.mark.parametrize("line", [f"GROQ_API_KEY={FIRST}", f'export GROQ_API_KEY="{FIRST}"'])
def test_a_dotenv_file_upward_of_the_notebook_is_read(
    fresh: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: Any
) -> None:
    (tmp_path / ".env").write_text(f"{line}\nGROQ_BASE_URL=http://127.0.0.1:9\n", "utf-8")
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.setenv("JPY_SESSION_NAME", str(deep / "talk.ipynb"))
    fresh.fine("%groq Say hi")


@pytest.mark.usefixtures("strict")
def test_the_nearest_dotenv_file_with_a_key_counts(fresh: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={FIRST}", "utf-8")
    (tmp_path / "notebooks" / ".env").write_text("OTHER=1", "utf-8")
    fresh.fine("%groq Say hi")
    (tmp_path / "notebooks" / ".env").write_text(f"GROQ_API_KEY={SECOND}", "utf-8")
    assert isinstance(fresh.run("%groq Say hi").error, ApiKeyError)


@pytest.mark.usefixtures("strict")
def test_the_environment_comes_before_a_dotenv_file(
    fresh: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={SECOND}", "utf-8")
    monkeypatch.setenv("GROQ_API_KEY", FIRST)
    fresh.fine("%groq Say hi")


@pytest.mark.parametrize(
    "key",
    [
        f'"{FIRST}"',
        f"'{FIRST}'",
        f"\N{LEFT DOUBLE QUOTATION MARK}{FIRST}\N{RIGHT DOUBLE QUOTATION MARK}",
        f"{FIRST} {FIRST}",
        f"{FIRST}\n{FIRST}",
        f"{FIRST}é",
        f"gsk\N{ZERO WIDTH SPACE}{FIRST}",
    ],
)
def test_a_malformed_key_is_refused_and_neither_shown_nor_sent(
    fresh: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, key: Any
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", key)
    ran = fresh.run("%groq Say hi")
    assert isinstance(ran.error, ApiKeyError)
    assert len(ran.text.strip().splitlines()) == 1
    assert FIRST not in ran.everything
    assert practice.requests() == []


def test_a_blank_key_is_missing(fresh: Any, monkeypatch: pytest.MonkeyPatch, asked: Any) -> None:
    monkeypatch.setenv("GROQ_API_KEY", " \n")
    questions = asked(FIRST)
    fresh.fine("%groq Say hi")
    assert len(questions) == 1


def test_the_first_ask_asks_for_a_key_and_goes_on(fresh: Any, practice: Any, asked: Any) -> None:
    questions = asked(f" {FIRST} ")
    ran = fresh.fine("%groq Say hi")
    assert "https://console.groq.com/keys" in questions[0]
    assert "%groq_practice on needs none" in questions[0]
    assert len(questions[0]) < 120
    assert "Say hi" in ran.text or ran.outputs
    fresh.fine("%groq And again")
    assert len(questions) == 1
    assert len(practice.requests()) == 2


def test_a_warning_of_plain_http_comes_before_a_key_is_typed(
    fresh: Any, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groq_magic.api.service.is_plain", lambda _url: True)
    questions = asked(FIRST)
    fresh.fine("%groq_key")
    assert "is plain http: others on the way can read the key" in questions[0]
    assert "plain http" not in fresh.fine("%groq Say hi").everything


def test_loading_sends_no_key_over_plain_http(
    fresh: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", FIRST)
    session = fresh.session
    monkeypatch.setattr("groq_magic.magics.page_start.live_of", lambda _session: None)
    monkeypatch.setattr("groq_magic.api.service.is_plain", lambda _url: True)
    _fill(session, lambda: True)
    assert session.service._fetching is None
    monkeypatch.setattr("groq_magic.api.service.is_plain", lambda _url: False)
    _fill(session, lambda: True)
    session.service._fetching.join()
    assert len(practice.requests("/openai/v1/models")) == 1


def test_a_typed_key_is_checked_before_the_cell_is_sent(
    fresh: Any, strict: Any, asked: Any
) -> None:
    asked(SECOND, FIRST)
    ran = fresh.run("%groq Say hi")
    assert isinstance(ran.error, ApiKeyError)
    assert "%groq_key" in ran.text
    assert strict.requests() == []
    assert len(strict.requests("/openai/v1/models")) == 1
    fresh.fine("%groq Say hi")


def test_models_that_fail_refuse_no_typed_key(fresh: Any, practice: Any, asked: Any) -> None:
    asked(FIRST)
    practice.faults(models=("500",))
    fresh.fine("%groq Say hi")


@pytest.mark.parametrize("way", [KeyboardInterrupt(), EOFError(), "", " \t"])
@pytest.mark.parametrize("ask", ["%groq Say hi", "%groq_key"])
def test_an_empty_or_cancelled_key_entry_is_one_line(
    fresh: Any, asked: Any, way: Any, ask: str
) -> None:
    questions = asked(way)
    ran = fresh.run(ask)
    assert "empty cancels" in questions[0]
    assert "%groq_practice on" in questions[0]
    assert isinstance(ran.error, InterruptedAskError)
    said = "No key entered. Run `%groq_key`, or `%groq_practice on` to try without one."
    assert str(ran.error) == said
    assert len(ran.text.strip().splitlines()) == 1


def test_key_errors_name_practice_mode(
    fresh: Any, practice: Any, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(f"'{FIRST}'", f"{FIRST} x", f"{FIRST}\u201d", FIRST)
    practice.faults(models=("401",))
    errors = [fresh.run("%groq_key").error for _ in range(4)]
    monkeypatch.setenv("GROQ_API_KEY", f"'{FIRST}'")
    errors.append(fresh.run("%groq Say hi").error)
    for error in errors:
        assert isinstance(error, ApiKeyError)
        assert "`%groq_practice on` works without a key." in str(error)


def test_key_errors_in_scripts_name_no_magics(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from groq_magic.asking.complete import complete_checked
    from groq_magic.options import AskOptions

    monkeypatch.setenv("GROQ_API_KEY", f"'{FIRST}'")
    with pytest.raises(ApiKeyError, match=r"in quote marks\. Remove them\.$") as raised:
        complete_checked("Say hi", AskOptions(), None)
    assert raised.value.__context__ is None


def test_groq_key_asks_again(
    fresh: Any, strict: Any, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", SECOND)
    assert isinstance(fresh.run("%groq Say hi").error, ApiKeyError)
    asked(FIRST)
    ran = fresh.fine("%groq_key")
    assert FIRST not in ran.everything
    fresh.fine("%groq Say hi")
    assert len(strict.requests()) == 2


def test_a_key_on_the_line_is_refused_and_not_repeated(fresh: Any, asked: Any) -> None:
    asked(FIRST)
    ran = fresh.run(f"%groq_key {FIRST}")
    assert ran.error is not None
    assert FIRST not in ran.everything


def test_the_key_is_seen_nowhere(
    served: Any, practice: Any, key: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    cells = served(tries=1)
    practice.faults("ok", "401", "500", "drop-before-headers", "drop:after=1")
    practice.script([{"reply": f"Your key is {len(key)} long."}])
    sources = (
        "%reload_ext groq_magic",
        "%config GroqMagics.tries = 1",
        *("%groq Say hi",) * 5,
        "%groq --dry-run Say hi",
        "%groq_models",
        "%groq_history",
        "%groq",
        "%groq -t x",
        "%config GroqMagics",
        "_groq",
        "import groq_magic; groq_magic.get_session()",
    )
    seen = [cells.run(source, str(at)).everything for at, source in enumerate(sources)]
    assert not [text for text in seen if key in text]
    assert key not in repr(vars(cells.reply))
    assert key not in repr(cells.session.service.key_now())


def test_a_service_that_repeats_the_key_is_not_quoted(cells: Any, practice: Any, key: Any) -> None:
    practice.faults(f"400:message=Bearer {key} is not good, {key}")
    ran = cells.run("%groq Say hi", "a")
    assert ran.error is not None
    assert key not in ran.everything


def test_an_error_carries_no_exception_of_the_sdk(cells: Any, practice: Any) -> None:
    cells.fine("%config GroqMagics.tries = 1")
    for fault in ("401", "500", "drop-before-headers", "html-200"):
        practice.faults(fault)
        error = cells.run("%groq Say hi", "a").error
        assert error.__cause__ is None
        assert error.__context__ is None


def test_a_traceback_asked_for_afterwards_is_one_line(cells: Any, practice: Any, key: Any) -> None:
    practice.faults("401")
    cells.fine("%xmode Verbose")
    assert cells.run("%groq Say hi", "a").error is not None
    ran = cells.run("%tb", "b")
    assert key not in ran.everything
    assert len(ran.text.strip().splitlines()) == 1


def test_loading_names_the_source_of_the_key(
    shell_factory: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    cells = shell_factory(load=False)
    ran = cells.fine("%load_ext groq_magic")
    assert "no key yet" in ran.plain
    monkeypatch.setenv("GROQ_API_KEY", FIRST)
    assert "key from GROQ_API_KEY" in cells.fine("%reload_ext groq_magic").plain
    monkeypatch.setenv("GROQ_API_KEY", f"'{FIRST}'")
    ran = cells.fine("%reload_ext groq_magic")
    assert "quote marks" in ran.plain
    assert FIRST not in ran.everything
    monkeypatch.delenv("GROQ_API_KEY")
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={FIRST}", "utf-8")
    assert "key from .env" in cells.fine("%reload_ext groq_magic").plain


def test_the_reprs_of_the_service_do_not_show_the_key(cells: Any, key: str) -> None:
    cells.fine("%groq Say hi")
    assert key not in repr(vars(cells.session.service))


def test_a_practice_server_that_can_not_be_started_is_one_line(
    bare: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    ran = bare.run("%groq_practice on")
    assert isinstance(ran.error, ServiceError)
    assert len(ran.text.strip().splitlines()) == 1
    assert "can't be started" in ran.text


def test_a_key_that_is_refused_leaves_practice_mode_on(
    fresh: Any, practice: Any, strict: Any, asked: Any
) -> None:
    service = fresh.session.service
    fresh.fine("%groq_practice on")
    fresh.fine("%groq Say hi")
    server, catalogue, limits = service._practice, service.catalogue(), service.limiter.known()
    for typed in (SECOND, "", f"'{FIRST}'", EOFError(), KeyboardInterrupt()):
        asked(typed)
        assert fresh.run("%groq_key").error is not None
        assert service.in_practice
        assert service._practice is server
        assert server.alive
        assert service.catalogue() is catalogue
        assert service.limiter.known() == limits
    fresh.fine("%groq Say hi")
    assert practice.requests() == strict.requests() == []
    asked(FIRST)
    ran = fresh.fine("%groq_key")
    assert not service.in_practice
    assert not server.alive
    assert FIRST not in ran.everything
    fresh.fine("%groq Say hi")
    assert len(strict.requests()) == 1


def test_in_practice_mode_the_warning_is_about_the_keys_own_address(
    fresh: Any, practice: Any, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.fine("%groq_practice on")
    monkeypatch.setattr("groq_magic.api.service.is_plain", lambda url: url == practice.url)
    questions = asked(FIRST)
    fresh.fine("%groq_key")
    assert "is plain http" in questions[0]


@pytest.mark.parametrize("options", ["", "-m fast", "--cache"])
def test_one_ask_looks_for_the_key_once(
    fresh: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: str
) -> None:
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={FIRST}", "utf-8")
    fresh.fine("%groq Say hi")
    searches: list[Path | None] = []

    def counted(folder: Path | None) -> KeySearch:
        searches.append(folder)
        return search_key(folder)

    monkeypatch.setattr("groq_magic.api.key.search_key", counted)
    fresh.fine(f"%groq {options} Say hi again")
    assert len(searches) == 1
    # A key that changes counts from the next ask on.
    (tmp_path / ".env").write_text(f"GROQ_API_KEY={SECOND}", "utf-8")
    fresh.fine("%groq --no-cache Say hi")
    assert len(searches) == 2
    assert fresh.session.service.client().key.value == SECOND


def test_bad_lines_of_a_dotenv_file_are_printed_nowhere(fresh: Any, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text(f"no assignment\n%%\nGROQ_API_KEY={FIRST}\n", "utf-8")
    ran = fresh.fine("%groq Say hi")
    assert ran.stderr == ""
    assert "dotenv" not in ran.everything
    assert "parse" not in ran.everything


def test_a_dotenv_file_that_can_not_be_read_is_said_before_a_key_is_asked_for(
    fresh: Any, tmp_path: Path, asked: Any
) -> None:
    with (tmp_path / ".env").open("wb") as file:
        file.truncate(100_000_000)
    asked(FIRST)
    ran = fresh.fine("%groq Say hi")
    assert ran.everything.count("can't be read (larger than 1 MB)") == 1
    assert "can't be read" not in fresh.fine("%groq Say hi").everything


def test_in_a_deleted_folder_a_key_can_be_typed_and_used(
    fresh: Any, tmp_path: Path, asked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    gone.rmdir()
    asked(FIRST)
    fresh.fine("%groq_key")
    fresh.fine("%groq Say hi")
    monkeypatch.chdir(tmp_path)


def test_certificates_that_are_missing_are_one_line(
    fresh: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", FIRST)
    monkeypatch.setenv("GROQ_BASE_URL", "https://groq.invalid")
    monkeypatch.setenv("SSL_CERT_FILE", "/nowhere/certificates.pem")
    ran = fresh.run("%groq Say hi")
    assert isinstance(ran.error, RequestError)
    assert "SSL_CERT_FILE names a file that does not exist." in ran.text
    assert len(ran.text.strip().splitlines()) == 1


@pytest.mark.usefixtures("strict")
def test_a_key_from_the_page_is_checked_and_used(fresh: Any) -> None:
    from groq_magic.magics.key import enter_key, key_facts

    session = fresh.session
    fresh.fine("%groq_practice on")
    assert key_facts(session).wanted
    refusal = enter_key(session, SECOND)
    assert "refuses the key" in refusal
    assert SECOND not in refusal
    assert "smart quotes" in enter_key(session, "gsk_“made up”")
    # Until one is accepted nothing changes.
    assert session.service.in_practice
    assert enter_key(session, f" {FIRST} ") == ""
    assert not session.service.in_practice
    facts = key_facts(session)
    assert (facts.wanted, FIRST in facts.state) == (False, False)
    fresh.fine("%groq Say hi")


def test_a_key_from_the_page_is_not_sent_over_plain_http(
    fresh: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from groq_magic.magics.key import enter_key

    monkeypatch.setenv("GROQ_BASE_URL", "http://groq.test")
    assert "plain http" in enter_key(fresh.session, FIRST)
    assert fresh.session.service.own_key() is None
