"""No secret of the environment is sent, shown or stored, whatever the user does."""

from __future__ import annotations

import json
import os
import random
import string
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from groq_magic.errors import OptionError, PromptError
from groq_magic.prompt.secrets import Secrets
from tests.shell.notebook_file import code_cell, write_notebook

SECRET = "Zx7Qm2Kp9Rt4Wv6Yb8Nc3Hd5"
NAMES = ("OPENAI_API_KEY", "PGPASSWORD", "hfToken", "DB_SECRET", "SOME_AUTH", "AWS_CREDENTIALS")


def leaks(text: str, *secrets: str) -> list[str]:
    """Return what eight letters in a row of secrets stand in a text."""
    parts = (secret[i : i + 8] for secret in secrets for i in range(len(secret) - 7))
    return [part for part in parts if part in text]


@pytest.fixture
def guarded(cells: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A shell in whose environment is a secret, `held` in a value and in a frame."""
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    cells.fine("import groq_magic, os\nfrom groq_magic import ask")
    cells.fine(f"held = {{'url': 'https://h/?k={SECRET}&x=1', 'n': 3}}\nsecret = '{SECRET}'")
    return cells


def sent(practice: Any) -> str:
    return json.dumps(practice.requests(), ensure_ascii=False)


ASKS = [
    "%groq My value is {{secret}}, and {{held}}",
    f"%groq My value is {SECRET}",
    f"%%groq\nMy value is {SECRET}",
    "%groq {{os.environ}}",
    "%%groq --raw\nMy value is " + SECRET,
    "%groq -s 'Say {{secret}}' hi",
    f"%groq -s 'Say {SECRET}' hi",
    f"%groq_system Say {SECRET}\n%groq hi",
    "%groq_system Say {{secret}}\n%groq hi",
    f"%config GroqMagics.system = 'Say {SECRET}'\n%groq hi",
    f"%groq --stop {SECRET} hi",
    "ask('My {{secret}}', system='{{held.items}} {{secret}}')",
    "def f():\n    own = 'it is ' + secret\n    ask('My {{own}}')\nf()",
    f"%%groq_code\nCall it with {SECRET}",
    "%%groq_code --session\nCall it",
    "%groq_explain held",
    f"%groq_explain held what of {SECRET}",
    f"%groq -c other My value is {SECRET}",
    f"%groq --once My value is {SECRET}",
    f"%groq --cache My value is {SECRET}",
    "%groq My value is {{secret}}\n%groq_retry",
    f"%groq {{{{held['{SECRET}']}}}}",
    f"%groq {{{{nothing['{SECRET}']}}}} hi",
    f"%groq --nonsense {SECRET}",
    f"%%groq {SECRET}\nhi",
    f"%groq -o {SECRET}+ hi",
    f"%groq_explain {SECRET}",
    f"%groq_history {SECRET}",
]
AFTERWARDS = [
    "%groq_history",
    "%groq_history other",
    "%groq_system",
    "%groq",
    "%groq_usage",
    "%groq_export",
    "%groq_export --as openai",
    "%groq_export --as curl",
    "%groq_export --as node",
    "%groq --dry-run And {{secret}}",
    "print(_groq.request, repr(_groq))",
    "%groq_undo",
]


@pytest.mark.parametrize("source", ASKS)
def test_no_secret_is_sent_shown_or_stored(
    guarded: Any,
    practice: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    source: str,
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ran = guarded.run(source, "a")
    seen = [ran.text, ran.stderr, repr(ran.outputs), str(ran.error)]
    guarded.fine("%groq And now?", "b")
    for after in AFTERWARDS:
        shown = guarded.run(after, "c")
        seen += [shown.text, shown.stderr, repr(shown.outputs), str(shown.error)]
    assert leaks("\n".join(seen).replace(source, ""), SECRET) == []
    assert practice.requests()
    assert leaks(sent(practice), SECRET) == []
    for file in (tmp_path / "cache").rglob("*"):
        assert leaks(file.read_bytes().decode("latin-1") if file.is_file() else "", SECRET) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    "seed", [*range(2), *(pytest.param(seed, marks=pytest.mark.nightly) for seed in range(2, 30))]
)
def test_no_secret_of_any_environment_is_sent_or_shown(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chosen = random.Random(seed)  # noqa: S311 - no secret, but one that is made up
    letters = string.ascii_letters + string.digits
    secrets = {
        name: "".join(chosen.choices(letters, k=chosen.randint(12, 200)))
        for name in chosen.sample(NAMES, chosen.randint(1, len(NAMES)))
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    for number in range(chosen.randint(0, 40)):
        monkeypatch.setenv(f"OTHER_{number}", "harmless " * chosen.randint(1, 60))
    cells.fine("import os, json, base64\nfrom urllib.parse import quote")
    cells.fine(
        "env = dict(os.environ)\nlines = [f'{k}={v}' for k, v in env.items()]\n"
        "text = json.dumps(env)\nurl = quote(text)\n"
        "coded = base64.b64encode(text.encode()).decode()\n"
        "class Client:\n    def __init__(self):\n        self.env = env\n"
        "    def __repr__(self):\n        return f'Client({self.env})'\n"
        "client = Client()"
    )
    names = ["os.environ", "env", "lines", "text", "url", "coded", "client"]
    chosen.shuffle(names)
    seen = []
    for name in names:
        seen.append(cells.fine(f"%groq Look at {{{{{name}}}}}", "a"))
        seen.append(cells.fine(f"%groq_explain {name}", "b"))
    function = "def connect(client, text, env):\n    return client + text + env"
    cells.run(f"{function}\nconnect(client, text, env)", "c")
    seen.append(cells.fine("%groq_fix", "d"))
    seen.append(cells.fine("%groq_history", "e"))
    assert leaks(sent(practice), *secrets.values()) == []
    assert leaks(repr([ran.outputs for ran in seen]), *secrets.values()) == []


def test_a_notice_says_whose_value_was_not_sent(guarded: Any) -> None:
    ran = guarded.fine("%groq {{secret}} and {{held}}", "a")
    assert "Replaced by <code>[key]</code> in 2 places" in ran.data["text/html"]
    assert "the value of <code>OPENAI_API_KEY</code>" in ran.data["text/html"]
    assert guarded.turns[-1][0] == "[key] and `held`"
    assert "Replaced by" not in guarded.fine("%groq What did I say?", "b").data["text/html"]
    assert "the value of OPENAI_API_KEY" in guarded.fine("%groq --dry-run {{secret}}", "c").plain


def test_the_groq_key_of_a_dotenv_file_is_hidden(
    guarded: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = os.environ["GROQ_API_KEY"]
    monkeypatch.delenv("GROQ_API_KEY")
    Path(".env").write_text(f"GROQ_API_KEY={key}\n", "utf-8")
    guarded.fine(f"text = 'GROQ_API_KEY={key}'")
    guarded.fine("%groq {{text}}", "a")
    guarded.fine("%groq_practice on")
    guarded.fine("%groq {{text}}", "b")
    assert leaks(sent(practice), key) == []
    assert [prompt for prompt, _ in guarded.turns] == ["GROQ_API_KEY=[key]"]
    # It is what the practice server takes for a key, and an ordinary word.
    guarded.fine("%groq practice makes perfect", "c")
    assert guarded.turns[-1][0] == "practice makes perfect"


def test_restored_turns_are_sent_and_shown_without_secrets(
    guarded: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    answer = guarded.fine("%groq -s 'Be kind' Hi", "a").outputs[0]
    old = json.loads(json.dumps(answer).replace("Hi", f"Hi {SECRET}").replace("kind", SECRET))
    file = tmp_path / "notebooks" / "saved.ipynb"
    source = f"%groq -s 'Be {SECRET}' Hi {SECRET}"
    write_notebook(file, [code_cell("a", source, [old]), code_cell("b", "%groq_restore")])
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    guarded.fine("%groq_reset", "b")
    ran = guarded.fine("%groq_restore --system", "b")
    assert "1 turn restored" in ran.plain
    guarded.fine("%groq And now?", "c")
    assert leaks(sent(practice), SECRET) == []
    shown = [
        ran,
        guarded.fine("%groq_history"),
        guarded.fine("%groq_system"),
        guarded.fine("%groq"),
    ]
    assert leaks(repr([each.outputs for each in shown]), SECRET) == []


def test_what_becomes_a_secret_later_is_hidden_from_then_on(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells.fine(f"%groq My value is {SECRET}", "a")
    assert leaks(sent(practice), SECRET)
    monkeypatch.setenv("SOME_TOKEN", SECRET)
    cells.fine("%groq And now?", "b")
    assert leaks(json.dumps(practice.requests()[-1]), SECRET) == []
    shown = [cells.fine(f"%groq_export {n}").outputs for n in ("1", "2")]
    assert leaks(repr([*shown, cells.fine("%groq_history").outputs]), SECRET) == []


def test_an_error_that_quotes_a_secret_does_not_show_it(guarded: Any) -> None:
    guarded.fine(
        "class Locked:\n    @property\n    def name(self):\n"
        "        raise ValueError('no access with ' + secret)\nlocked = Locked()"
    )
    for source in ("%groq {{locked.name}}", "ask('{{locked.name}}')"):
        ran = guarded.run(source, "a")
        assert isinstance(ran.error, PromptError)
        assert "no access with [key]" in str(ran.error)
        assert leaks(ran.everything, SECRET) == []


def test_an_option_that_is_refused_shows_no_secret(guarded: Any) -> None:
    for option in ("max_tokens=secret", "format=secret"):
        ran = guarded.run(f"ask('hi', {option})", "a")
        assert isinstance(ran.error, OptionError)
        assert "[key]" in str(ran.error)
        assert leaks(ran.everything, SECRET) == []


def test_code_with_a_hidden_secret_is_not_put_into_the_next_cell(
    guarded: Any, practice: Any
) -> None:
    practice.script([{"reply": "```python\nconnect('[key]')\n```"}])
    guarded.run(f"connekt('{SECRET}')")
    ran = guarded.fine("%groq_fix", "a")
    assert "where a key was not sent" in ran.data["text/html"]
    assert not getattr(guarded.shell, "rl_next_input", None)


def test_a_cell_with_a_secret_is_still_answered_by_replay(
    guarded: Any, practice: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sources = {"a": f"%groq Hi {SECRET}", "b": f"%%groq -s 'Be {SECRET}'\nHo {SECRET}"}
    outputs = {cell: guarded.fine(source, cell).outputs for cell, source in sources.items()}
    count = len(practice.requests())
    file = tmp_path / "notebooks" / "saved.ipynb"
    write_notebook(file, [code_cell(c, source, outputs[c]) for c, source in sources.items()])
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    guarded.fine("%groq_reset", "a")
    guarded.fine("%groq_replay on", "a")
    for cell, source in sources.items():
        ran = guarded.fine(source, cell)
        assert guarded.reply.source == "replay"
        assert "Saved with" not in ran.data["text/html"]
    assert len(practice.requests()) == count


@pytest.mark.parametrize("width", range(260, 320, 7))
def test_a_secret_at_the_end_of_what_is_shown_of_a_line_is_hidden(
    guarded: Any, practice: Any, width: int
) -> None:
    guarded.run(f"x = 1; y = '{'-' * width}{SECRET}'; x + y", "a")
    guarded.fine("%groq_fix", "b")
    guarded.run(f"z = '{'-' * width}{SECRET}' +", "a")
    guarded.fine("%groq_fix", "b")
    assert leaks(sent(practice), SECRET) == []


@pytest.mark.parametrize("width", range(3_970, 4_001, 6))
def test_a_secret_at_the_beginning_of_what_is_shown_of_a_print_is_hidden(
    guarded: Any, practice: Any, width: int
) -> None:
    guarded.shell.history_manager.outputs[guarded.shell.execution_count] = [
        SimpleNamespace(output_type="out_stream", bundle={"stream": [f"{SECRET}{'-' * width}"]})
    ]
    guarded.fine("None", "a")
    guarded.fine(f"%groq_explain {guarded.shell.execution_count - 1}", "b")
    text = sent(practice)
    assert "-" * 3_900 in text
    assert leaks(text, SECRET) == []


@pytest.mark.parametrize("width", [*range(170, 205, 5), *range(1_170, 1_205, 5)])
def test_a_secret_in_a_long_text_that_a_failing_line_names_is_hidden(
    guarded: Any, practice: Any, width: int
) -> None:
    guarded.fine(f"long = '-' * {width} + secret + '-' * 3000", "a")
    guarded.run("long + 1", "a")
    guarded.fine("%groq_fix", "b")
    assert leaks(sent(practice), SECRET) == []


def test_an_earlier_turn_is_searched_once_and_again_when_there_is_another_secret(
    cells: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[str] = []
    found = Secrets.found

    def noted(self: Secrets, text: str) -> tuple[str, tuple[str, ...]]:
        searched.append(text)
        return found(self, text)

    monkeypatch.setattr(Secrets, "found", noted)
    for number in range(4):
        cells.fine(f"%groq prompt {number}", f"cell-{number}")
    # As it is sent, in its cell's metadata, and once in all the history of the later ones.
    first = searched.count("prompt 0")
    searched.clear()
    cells.fine("%groq prompt 4", "cell-4")
    assert searched.count("prompt 0") == 0 < first
    monkeypatch.setenv("ANOTHER_KEY", SECRET)
    cells.fine("%groq prompt 5", "cell-5")
    # As typed, and as sent.
    assert searched.count("prompt 0") == 2


@pytest.mark.parametrize("option", ["-m", "-c"])
def test_a_secret_is_no_name_of_a_model_or_a_conversation(
    guarded: Any, practice: Any, option: str
) -> None:
    ran = guarded.run(f"%groq {option} my-{SECRET} hi")
    assert isinstance(ran.error, PromptError)
    assert not leaks(ran.everything, SECRET)
    assert practice.requests() == []
