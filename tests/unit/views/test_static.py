from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from groq_magic.prompt import PromptImage
from groq_magic.rendering import Fence, to_html
from groq_magic.views.static import bundle, saved_reasoning, unfinished
from groq_magic.views.thumbnails import Thumbnail, thumbnails_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from groq_magic.views.answer_facts import FinishedAnswer


def test_plain_text_is_the_answers_source(finished: Callable[..., FinishedAnswer]) -> None:
    data, _ = bundle(finished("a <b>\n\n```py\nx\n```  \n"))

    assert data["text/plain"] == "a <b>\n\n```py\nx\n```  \n"


def test_html_holds_what_rendering_makes_of_it(finished: Callable[..., FinishedAnswer]) -> None:
    data, _ = bundle(finished("Hello **you**"))

    assert (
        f'<div class="groq-text" dir="auto">{to_html("Hello **you**")}</div>' in data["text/html"]
    )
    assert data["text/html"].startswith('<div class="groq-answer mathjax_ignore tex2jax_ignore">')


def test_the_same_answer_gives_the_same_bytes(finished: Callable[..., FinishedAnswer]) -> None:
    assert bundle(finished()) == bundle(finished())


def test_its_bar_has_the_classes_of_answer_and_ask(finished: Callable[..., FinishedAnswer]) -> None:
    classes = '<div class="groq-bar groq-answer-1 groq-turn-cell-1-1">'
    assert classes in bundle(finished())[0]["text/html"]


def test_nothing_of_the_session_is_in_it(finished: Callable[..., FinishedAnswer]) -> None:
    data, metadata = bundle(finished())

    assert "806 tok/s" not in json.dumps([data, metadata])
    assert "7,320" not in json.dumps([data, metadata])


def test_a_dangerous_answer_is_safe_in_every_rendered_type(
    finished: Callable[..., FinishedAnswer],
) -> None:
    data, _ = bundle(finished('<img src=x onerror="alert(1)"> [a](javascript:alert(1))'))

    assert "<img" not in data["text/html"]
    assert "<img" not in data["text/markdown"].replace("\\<", "").replace("&lt;", "")
    assert "(javascript:" not in data["text/markdown"]


def test_notices_are_escaped_lines_above_the_answer(
    finished: Callable[..., FinishedAnswer],
) -> None:
    data, _ = bundle(finished(notices=("`{{dff}}` is sent as written <b>",)))

    line = '<div class="groq-notice"><code>{{dff}}</code> is sent as written &lt;b&gt;</div>'
    assert data["text/html"].index(line) < data["text/html"].index("groq-text")


def test_warnings_stand_above_the_answer_with_a_colour_of_their_own(
    finished: Callable[..., FinishedAnswer],
) -> None:
    html = bundle(finished(warnings=("Not `JSON` <b>.",), notices=("A notice",)))[0]["text/html"]

    line = re.search('<div class="groq-warning" style="([^"]*)">(.*?)</div>', html)
    assert "border-left" in line[1]
    assert line[2] == "Not <code>JSON</code> &lt;b&gt;."
    places = [html.index(part) for part in ("groq-slot-stale", line[0], "A notice", "groq-text")]
    assert places == sorted(places)
    assert "Not" not in bundle(finished(warnings=("Not",)))[0]["text/plain"]


def test_what_is_no_json_has_not_its_colours(finished: Callable[..., FinishedAnswer]) -> None:
    data, _ = bundle(finished("the list", format="json"))

    assert "<span" not in data["text/html"].partition("<pre>")[2].partition("</pre>")[0]


def test_reasoning_to_save_is_folded(finished: Callable[..., FinishedAnswer]) -> None:
    data, _ = bundle(finished(reasoning="Let *me* see"))

    assert "<details" in data["text/html"]
    assert "<em>me</em>" in data["text/html"]


def test_reasoning_is_found_in_what_is_saved_now_and_was_before(
    finished: Callable[..., FinishedAnswer],
) -> None:
    html = bundle(finished("Yes.", reasoning="Let *me* see"))[0]["text/html"]
    before = html.replace(' dir="auto"', "")

    assert before != html
    assert saved_reasoning(html) == saved_reasoning(before) == to_html("Let *me* see")
    assert saved_reasoning(html.replace("groq-text", "other")) == ""
    assert saved_reasoning(html.replace("<em>", "<em><script>x()</script>")) == to_html(
        "Let *me* see"
    )


def test_saved_reasoning_is_saved_again(finished: Callable[..., FinishedAnswer]) -> None:
    html = bundle(finished("Yes.", reasoning="Let *me* see"))[0]["text/html"]
    again = bundle(finished("Yes.", saved_reasoning=saved_reasoning(html)))[0]["text/html"]

    assert again == html


def test_code_shows_the_code_alone(finished: Callable[..., FinishedAnswer]) -> None:
    fences = (Fence("python", "a = 1\n", closed=True), Fence("", "x ``` y\n", closed=True))
    data, _ = bundle(finished("prose", format="code", code=fences))

    assert "prose" not in data["text/html"]
    assert "x ``` y" in data["text/html"]
    assert data["text/html"].count("<pre ") == 2


def test_code_has_room_in_pages_without_our_styles(
    finished: Callable[..., FinishedAnswer],
) -> None:
    data, _ = bundle(finished("```python\nx\n```\n\nand"))

    assert '<pre style="padding-left: 10px; margin-bottom: 1em"><code ' in data["text/html"]


def test_json_is_shown_indented(finished: Callable[..., FinishedAnswer]) -> None:
    data, _ = bundle(finished('{"a":"é"}', format="json", data={"a": "é"}))

    assert '```json\n{\n  "a": "é"\n}\n```' in data["text/markdown"]


def test_text_is_shown_as_it_is(
    finished: Callable[..., FinishedAnswer], text_of: Callable[[str], str]
) -> None:
    data, _ = bundle(finished("**not bold** <b>\n```\nnor a fence", format="text"))

    assert "**not bold** <b>\n```\nnor a fence" in text_of(data["text/html"])


def test_thumbnails_stand_above_the_answer_while_it_streams_and_after(
    finished: Callable[..., FinishedAnswer],
) -> None:
    image_part = Thumbnail('a "b" <c>', "640 × 480", "data:image/png;base64,AAAA")
    html = bundle(finished(images=(image_part,)))[0]["text/html"]
    expected = (
        '<div class="groq-images"><img src="data:image/png;base64,AAAA" '
        'alt="Image sent: a &quot;b&quot; &lt;c&gt;" '
        'title="a &quot;b&quot; &lt;c&gt;, 640 × 480"></div>'
    )
    assert html.index(expected) < html.index("groq-text")
    streaming = unfinished((), "1", "", (image_part,))["text/html"]
    assert streaming.index(expected) < streaming.index("groq-slot-stream")
    assert "groq-images" not in bundle(finished())[0]["text/html"]


def test_an_image_on_the_web_has_no_thumbnail() -> None:
    assert thumbnails_of([PromptImage("x", "https://example.org/a.png")]) == ()
