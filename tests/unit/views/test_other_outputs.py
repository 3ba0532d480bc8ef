from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from groq_magic.views import for_front_end
from groq_magic.views.guarded_view import GuardedView
from groq_magic.views.history import HistoryRow, history
from groq_magic.views.phrase import first_words
from groq_magic.views.show import show, show_folded, show_lines
from groq_magic.views.slots import TOKEN_CLASS, banner, panel_text
from groq_magic.views.terminal import TerminalView

if TYPE_CHECKING:
    from collections.abc import Callable


def test_the_banner_is_one_line_with_a_pickers_slot(text_of: Callable[[str], str]) -> None:
    html, plain = banner("openai/gpt-oss-120b", "key from GROQ_API_KEY")

    assert plain == "groq_magic · openai/gpt-oss-120b · key from GROQ_API_KEY · %groq_help"
    assert text_of(html) == plain
    assert '<span class="groq-slot-picker">openai/gpt-oss-120b</span>' in html


@pytest.mark.parametrize("kind", ["widgets", "static", "terminal"])
def test_a_slot_that_acts_has_the_token_where_a_page_can_fill_it(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("groq_magic.views.slots.front_end", lambda _shell: kind)
    classes = "groq-slot-picker" + (f" {TOKEN_CLASS}" if kind == "widgets" else "")
    assert f'<span class="{classes}">m</span>' in banner("m", "no key")[0]


def test_the_panel_is_text_in_a_slot() -> None:
    html, plain = panel_text("m", [("Temperature", "0.2")], "Say <b>.")

    assert plain == "Model          m\nTemperature    0.2\nSystem prompt  Say <b>."
    assert '<div class="groq-slot-panel">' in html
    assert "Say &lt;b&gt;." in html


def test_the_panels_text_has_the_facts_and_in_a_terminal_the_limits() -> None:
    html, plain = panel_text(
        "m", [], "", [("Key", "from .env")], [("This minute", "680 of 8,000 tokens used")]
    )

    assert plain.splitlines()[2:] == [
        "Key            from .env",
        "This minute    680 of 8,000 tokens used",
    ]
    assert "<div>Key: from .env</div>" in html
    assert "680" not in html


def test_the_line_of_load_ext_has_a_slot_for_the_key(text_of: Callable[[str], str]) -> None:
    html, plain = banner("m", "no `key` yet", is_of_key=True)

    assert '<span class="groq-slot-key">no <code>key</code> yet</span>' in html
    assert text_of(html) == plain == "groq_magic · m · no key yet · %groq_help"


def test_history_is_a_list_that_unfolds_to_prompts_and_answers(
    text_of: Callable[[str], str],
) -> None:
    rows = [
        HistoryRow(1, 6, "What is\n<b>?", "**Bold**", "m · partial"),
        HistoryRow(None, None, "Old", "A"),
    ]
    html, plain = history("Conversation `a<b>`.", rows)

    lines = [text_of(line) for line in re.findall("<summary>(.*?)</summary>", html)]
    assert lines == ["Turn 1 Cell 6 What is <b>? m · partial", "Deleted Old"]
    assert "<code>a&lt;b&gt;</code>" in html
    first = html.split("</details>")[0]
    assert '<pre class="groq-prompt" dir="auto">What is\n&lt;b&gt;?</pre>' in first
    assert "<strong>Bold</strong>" in first
    assert plain == (
        "Conversation a<b>.\n\n"
        "Turn 1 · Cell 6 · m · partial\n> What is\n> <b>?\n\n**Bold**\n\nDeleted\n> Old\n\nA"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("one  two\nthree", "one two three"),
        ("one two three four", "one two three…"),
        ("donaudampfschifffahrt", "donaudampfsch…"),
        ("", ""),
    ],
)
def test_first_words_are_whole_where_they_fit(text: str, shown: str) -> None:
    assert first_words(text, 13) == shown


def test_importing_views_imports_nothing_heavy() -> None:
    code = (
        "import sys, groq_magic.views, groq_magic.views.static, groq_magic.views.terminal, "
        "groq_magic.views.slots, groq_magic.views.table\n"
        "heavy = {'ipywidgets', 'anywidget', 'markdown', 'pydantic', 'groq', 'httpx'}\n"
        "print(sorted(heavy & {name.split('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"


def test_widgets_need_what_the_session_shares() -> None:
    with pytest.raises(ValueError, match="live"):
        for_front_end("widgets")


def test_no_output_moves_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    plain: list[str] = []
    monkeypatch.setattr(
        "IPython.display.display", lambda data, **_: plain.append(data["text/plain"])
    )
    hostile = "a\x1b[2Jb\x9bc\td"
    show(*history("One", [HistoryRow(1, None, hostile, hostile)]))
    show_lines(hostile)
    show_folded("What was written", hostile)
    guarded = GuardedView(TerminalView(lambda _: 1 / 0))
    guarded.feed(hostile, "")
    guarded.rescue()

    clean = "a[2Jbc\td"
    assert plain == [
        f"One\n\nTurn 1\n> {clean}\n\n{clean}",
        clean,
        f"What was written:\n{clean}",
        clean,
    ]
