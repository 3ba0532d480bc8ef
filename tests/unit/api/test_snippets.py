"""A request as code: what each language writes, and that it means the same."""

from __future__ import annotations

import ast
import inspect
import json
import shutil
import subprocess
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock, patch

import groq
import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.api.snippet_images import image_files
from groq_magic.api.snippets import LANGUAGES, snippet

if TYPE_CHECKING:
    from pathlib import Path

ODD = (
    "Quotes \" and ', \\ and \\n, $HOME $(id) `id` ${x} {y} %s !x, tab\t, nul\0, bell\a,\n"
    "a second line 😀 👩\u200d💻 é 日本, marks \u202e\u2066\u200f, \u2028 and \u2029,\r\n"
    "JSON\nEOF\n</script> <!-- */ # // \ufeff\u00a0\ud7ff end\n\n"
)
REQUEST: dict[str, Any] = {
    "model": "openai/gpt-oss-120b",
    "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": ODD},
        {"role": "assistant", "content": "```python\nprint('x')\n```"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}},
            ],
        },
    ],
    "temperature": 0.2,
    "max_completion_tokens": 100,
    "seed": 7,
    "stop": ["END", "two\nlines"],
    "reasoning_effort": "low",
    "reasoning_format": "parsed",
    "response_format": {"type": "json_object"},
    "stream": True,
}
# Two parts that are the same image, and text that is like a file's name and a image.
IMAGES: dict[str, Any] = {
    **REQUEST,
    "messages": [
        {"role": "user", "content": "data:image/png;base64,AAAA"},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "groq-image-00000000.png"},
                *[{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}] * 2,
                {"type": "image_url", "image_url": {"url": "data:image/jpeg;base64,BBBB"}},
            ],
        },
    ],
}
STUB = (
    "const sent = process.stdout; class Groq { chat = { completions: { create: "
    "async (body) => { sent.write(JSON.stringify(body) + '\\n'); return []; } } } }\n"
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def arguments(code: str) -> dict[str, Any]:
    """What the call of `create` in Python code is given."""
    calls = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call)]
    (create,) = (c for c in calls if isinstance(c.func, ast.Attribute) and c.func.attr == "create")
    found = {word.arg: ast.literal_eval(word.value) for word in create.keywords}
    extra = found.pop("extra_body", {})
    return {**found, **extra}


@given(VALUES)
def test_python_code_means_the_value(value: Any) -> None:
    code = snippet({"model": "m", "messages": [], "odd": value}, "python")
    assert arguments(code)["odd"] == value
    assert all(c.isprintable() or c == "\n" for c in code)


@pytest.mark.parametrize("kind", ["python", "openai"])
def test_python_code_holds_the_whole_request(kind: Any) -> None:
    assert arguments(snippet(REQUEST, kind)) == REQUEST


def test_openais_sdk_gets_what_it_does_not_know_in_extra_body() -> None:
    ours = set(inspect.signature(groq.Groq(api_key="x").chat.completions.create).parameters)
    theirs = set(inspect.signature(openai.OpenAI(api_key="x").chat.completions.create).parameters)
    for name in sorted(ours - {"messages", "model", "stream", "timeout"} - {"max_tokens"}):
        if not name.startswith("extra_"):
            code = snippet({**REQUEST, name: "x"}, "openai")
            assert ("extra_body" in code.split(f"{name}")[0]) == (name not in theirs), name


def test_a_shell_command_holds_the_whole_request() -> None:
    command, _, rest = snippet(REQUEST, "curl").partition("<<'JSON'\n")
    body, end, nothing = rest.partition("\nJSON\n")
    assert json.loads(body) == REQUEST
    assert (end, nothing) == ("\nJSON\n", "")
    assert "$GROQ_API_KEY" in command


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_javascript_code_means_the_values() -> None:
    odd = {"__proto__": {"a": 1}, "a-b": [], "": {}, "é": None, "text": '\n"__proto__": 1'}
    requests = [REQUEST, {**REQUEST, "tools": [True, "x" * 99, odd]}]
    for request in requests:
        code = snippet(request, "node").replace('import Groq from "groq-sdk";', STUB)
        command = ["node", "--input-type=module", "-"]
        done = subprocess.run(command, input=code.encode(), capture_output=True, check=True)
        assert json.loads(done.stdout) == request


def saved(folder: Path) -> None:
    files = image_files(IMAGES)
    assert [name.rpartition(".")[2] for name in files] == ["png", "jpeg"]
    for name, data in files.items():
        (folder / name).write_bytes(data)


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_javascript_code_reads_images_from_files(tmp_path: Path) -> None:
    saved(tmp_path)
    code = snippet(IMAGES, "node").replace('import Groq from "groq-sdk";', STUB)
    done = subprocess.run(
        ["node", "--input-type=module", "-"],
        input=code.encode(),
        capture_output=True,
        check=True,
        cwd=tmp_path,
    )
    assert json.loads(done.stdout) == IMAGES


@pytest.mark.parametrize("kind", ["python", "openai"])
def test_python_code_reads_images_from_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: Any
) -> None:
    saved(tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GROQ_API_KEY", "x")
    sent: dict[str, Any] = {}
    sdk = MagicMock()
    sdk.return_value.chat.completions.create.side_effect = lambda **body: sent.update(body) or []
    name = {"python": "Groq", "openai": "OpenAI"}[kind]
    with patch(f"{name.lower()}.{name}", sdk):
        exec(snippet(IMAGES, kind), {})  # noqa: S102 - it is what users do
    extra = sent.pop("extra_body", {})
    assert {**sent, **extra} == IMAGES


@pytest.mark.skipif(shutil.which("sh") is None, reason="there is no shell")
def test_a_shell_command_reads_images_from_files(tmp_path: Path) -> None:
    saved(tmp_path)
    # What curl would send.
    code = "curl() { cat; }\n" + snippet(IMAGES, "curl")
    command = ["sh", "-c", code]
    done = subprocess.run(command, capture_output=True, check=True, cwd=tmp_path)
    assert json.loads(done.stdout) == IMAGES


@pytest.mark.parametrize("kind", list(LANGUAGES))
def test_the_key_comes_from_the_environment_alone(kind: Any) -> None:
    code = snippet(REQUEST, kind)
    assert "GROQ_API_KEY" in code
    assert "gsk_" not in code


@pytest.mark.parametrize("kind", list(LANGUAGES))
def test_nothing_that_cannot_be_seen_stands_in_code(kind: Any) -> None:
    assert all(c.isprintable() or c == "\n" for c in snippet(REQUEST, kind))


@pytest.mark.parametrize("kind", list(LANGUAGES))
def test_streaming_follows_the_request_unless_asked_otherwise(kind: Any) -> None:
    waits = {name: value for name, value in REQUEST.items() if name != "stream"}
    assert snippet(REQUEST, kind) == snippet(waits, kind, stream=True)
    assert snippet(REQUEST, kind, stream=False) == snippet(waits, kind)
    assert snippet(REQUEST, kind) != snippet(waits, kind)


@pytest.mark.parametrize("kind", list(LANGUAGES))
def test_another_address_is_named_and_groqs_own_only_where_it_must(kind: Any) -> None:
    assert "http://127.0.0.1:9" in snippet(REQUEST, kind, "http://127.0.0.1:9")
    assert ("api.groq.com" in snippet(REQUEST, kind)) == (kind in {"openai", "curl"})


def test_a_short_request_is_short_code() -> None:
    request = {"model": "m", "messages": [{"role": "user", "content": "Hi"}]}
    assert snippet(request, "python") == (
        "# pip install groq\n"
        "from groq import Groq\n\n"
        "client = Groq()  # the key is in GROQ_API_KEY\n\n"
        "completion = client.chat.completions.create(\n"
        "    model='m',\n"
        "    messages=[{'role': 'user', 'content': 'Hi'}],\n"
        ")\n\n"
        "print(completion.choices[0].message.content)\n"
    )
    assert snippet(request, "node") == (
        "// npm install groq-sdk\n"
        'import Groq from "groq-sdk";\n\n'
        "const groq = new Groq(); // the key is in GROQ_API_KEY\n\n"
        "const completion = await groq.chat.completions.create({\n"
        '  "model": "m",\n'
        '  "messages": [\n    {\n      "role": "user",\n      "content": "Hi"\n    }\n  ]\n'
        "});\n\n"
        "console.log(completion.choices[0].message.content);\n"
    )
