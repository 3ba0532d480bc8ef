"""Calls of tools as HTML and as text: all of it inert, whatever a model or a service wrote."""

from __future__ import annotations

import json
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from groq_magic.tools.call_result import CallResult
from groq_magic.views.tool_calls import calls_html, calls_plain
from tests.markers import examples

ODD = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        ["</pre><script>x</script>", "\x1b[2J", "\u202e", "javascript:x", "a\nb", "`", "\ud83d"]
    ),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | ODD,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ODD, inner, max_size=3),
    max_leaves=8,
)
STATES = ["queued", "pending", "running", "returned", "failed", "refused", "stopped"]


class ElementReader(HTMLParser):
    """The elements and attributes of HTML."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.urls: list[str] = []
        self.depth = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.depth += tag != "img"
        self.urls += [value or "" for name, value in attrs if name in {"href", "src"}]
        assert not any(name.startswith("on") for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - its signature
        self.depth -= 1


def check(*calls: CallResult) -> None:
    html = calls_html(calls)
    html.encode()
    seen = ElementReader(html)
    assert seen.depth == 0
    assert seen.tags <= {*"div details summary code small pre ol li a img".split()}  # noqa: SIM905 - words read best as words
    assert all(url.startswith(("http://", "https://", "data:image/png")) for url in seen.urls)
    assert "\x1b" not in calls_plain(calls)


@given(ODD, ODD, ODD, st.sampled_from(STATES))
@settings(max_examples=examples(100))
def test_what_a_model_wrote_is_inert(name: str, arguments: str, result: str, state: str) -> None:
    check(CallResult(name, arguments, result, 0.2, state))  # type: ignore[arg-type]  # any of them


@given(JSON)
@settings(max_examples=examples(100))
def test_any_arguments_are_shown(arguments: object) -> None:
    check(CallResult("f", json.dumps(arguments)))


@given(
    st.dictionaries(
        st.sampled_from(
            [
                "type",
                "name",
                "arguments",
                "output",
                "search_results",
                "browser_results",
                "code_results",
            ]
        ),
        JSON,
        max_size=5,
    )
)
@settings(max_examples=examples(100))
def test_whatever_a_service_reports_is_shown(part: dict[str, object]) -> None:
    check(CallResult.of_service(part))


def test_a_short_result_stands_in_the_line() -> None:
    html = calls_html([CallResult("f", '{"a": 1}', "2", 0.01)])
    assert "<details" not in html
    assert "f(a=1)</code> → <code>2</code>" in html
    assert calls_plain([CallResult("f", '{"a": 1}', "2", 1.25)]) == "f(a=1) · 1.2 s\n  2"


@pytest.mark.parametrize(("state", "is_open"), [("pending", True), ("returned", False)])
def test_the_user_sees_all_arguments_before_approving(state: str, is_open: bool) -> None:  # noqa: FBT001 - a parameter of the test
    arguments = json.dumps({"text": "x" * 20_000 + " and then rm -rf"})
    html = calls_html([CallResult("f", arguments, state=state)])  # type: ignore[arg-type]  # a state
    assert "and then rm -rf" in html
    assert ("<details open>" in html) is is_open


def test_a_long_result_is_cut_with_a_count() -> None:
    assert "[… 1,000 more characters]" in calls_html([CallResult("f", "{}", "x" * 5_000)])


DELETES = json.dumps({"path": "notes.txt", "text": "x" * 80, "mode": "then rm -rf /"})


def test_a_terminal_shows_all_arguments_of_a_call_that_waits() -> None:
    waits = calls_plain([CallResult("write_file", DELETES, state="pending")])
    assert 'mode="then rm -rf /")' in waits
    over = calls_plain([CallResult("write_file", DELETES, "written")])
    assert len(over.splitlines()[0]) == 100


@pytest.mark.parametrize(
    "unseen",
    ["\u00a0", "\u2028", "\u202e", "\u200b", "\u3000", "\ufe0f", "\u3164", "\x7f", "\U000e0101"],
)
@pytest.mark.parametrize("is_long", [False, True])
def test_what_cannot_be_seen_in_arguments_is_escaped(unseen: str, is_long: bool) -> None:  # noqa: FBT001 - a parameter of the test
    path = f"a{unseen}b" + "c" * 200 * is_long
    arguments = json.dumps({"path": path, f"k{unseen}": 1}, ensure_ascii=False)
    asked = CallResult("read", arguments, state="pending")
    for shown in (calls_html([asked]), calls_plain([asked])):
        assert unseen not in shown
        assert f"a{json.dumps(unseen)[1:-1]}b" in shown
        assert f"k{json.dumps(unseen)[1:-1]}" in shown


def test_spaces_in_arguments_are_shown_as_they_are() -> None:
    asked = CallResult("read", json.dumps({"path": "a  b"}), state="pending")
    assert '"a  b"' in calls_plain([asked])
    html = calls_html([asked])
    # On a page only an element <pre> shows both spaces.
    assert "<details open>" in html
    assert "a  b" in html.partition("<pre")[2]


def test_a_function_called_run_code_shows_its_arguments_like_any_other() -> None:
    asked = CallResult("run_code", json.dumps({"code": "x = 1\nwipe()"}), state="pending")
    assert r'run_code(code="x = 1\nwipe()")' in calls_plain([asked])
    assert "wipe()" in calls_html([asked]).partition("<details")[0]
    proposed = replace(asked, is_code=True)
    assert "run_code: 2 lines" in calls_plain([proposed])


@given(st.text(max_size=80))
@settings(max_examples=examples(100))
def test_shown_arguments_are_those_that_are_passed(text: str) -> None:
    asked = CallResult("f", json.dumps({"x": text}), state="pending")
    shown = calls_plain([asked]).removeprefix("f(x=").removesuffix(") · waits for your reply")
    assert json.loads(shown) == text
