"""A chat request as code that runs without us."""

from __future__ import annotations

import json
import re
import shlex
from pprint import pformat
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.api.base_url import GROQ_URL

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "snippet"]

_WIDTH = 64  # fits a narrow page
# What each is called where code is coloured.
LANGUAGES = MappingProxyType(
    {"python": "python", "openai": "python", "curl": "bash", "node": "javascript"}
)
# What Groq's `chat.completions.create` takes and OpenAI's does not.
_GROQS_OWN = frozenset(
    {
        "citation_options",
        "compound_custom",
        "disable_tool_validation",
        "documents",
        "exclude_domains",
        "include_domains",
        "include_reasoning",
        "reasoning_format",
        "search_settings",
    }
)
# In braces `"__proto__": x` sets the prototype; in brackets it is a key like any other.
_PROTOTYPE = re.compile(r'^( *)"__proto__":', re.MULTILINE)


def snippet(
    request: Mapping[str, Any],
    kind: Literal["python", "openai", "curl", "node"],
    base_url: str = GROQ_URL,
    *,
    stream: bool | None = None,
) -> str:
    """Return a request as code that sends the same body.

    Parameters
    ----------
    request : mapping
        As it was sent.
    kind : {"python", "openai", "curl", "node"}
    base_url : str
        Where it went, without `/openai/v1`; the code names it unless it is Groq's own.
    stream : bool or None
        Whether the code streams; None as the request did.

    Returns
    -------
    str
        The code, which ends in a line break. The key is taken from
        GROQ_API_KEY when it runs.
    """
    sent = {name: value for name, value in request.items() if name != "stream"}
    if request.get("stream") if stream is None else stream:
        sent["stream"] = True
    write = {"python": _python, "openai": _openai, "curl": _curl, "node": _node}[kind]
    return write(sent, base_url)


def _python(request: Mapping[str, Any], base_url: str) -> str:
    address = "" if base_url == GROQ_URL else f"base_url={base_url!r}"
    return (
        "# pip install groq\nfrom groq import Groq\n\n"
        f"client = Groq({address})  # the key is in GROQ_API_KEY\n\n{_python_call(request)}"
    )


def _openai(request: Mapping[str, Any], base_url: str) -> str:
    known = {name: value for name, value in request.items() if name not in _GROQS_OWN}
    extra = {name: value for name, value in request.items() if name in _GROQS_OWN}
    if extra:
        known["extra_body"] = extra
    return (
        "# pip install openai\nimport os\n\n"
        "from openai import OpenAI\n\n"
        "client = OpenAI(\n"
        f"    base_url={f'{base_url}/openai/v1'!r},\n"
        "    api_key=os.environ['GROQ_API_KEY'],\n"
        f")\n\n{_python_call(known)}"
    )


def _python_call(request: Mapping[str, Any]) -> str:
    streams, body = request.get("stream"), ""
    for name, value in request.items():
        body += f"    {_argument(name, value)},\n"
    shown = "" if request.get("tools") else ".content"
    answer = (
        "for chunk in stream:\n"
        "    if chunk.choices:\n"
        "        print(chunk.choices[0].delta.content or '', end='', flush=True)\n"
        if streams
        else f"print(completion.choices[0].message{shown})\n"
    )
    result = "stream" if streams else "completion"
    return f"{result} = client.chat.completions.create(\n{body})\n\n{answer}"


def _argument(name: str, value: Any) -> str:
    """Return `name=value`; a list of several lines has each item on a line of its own."""
    head = f"{name}="
    written = pformat(value, width=_WIDTH - 4 - len(head), sort_dicts=False)
    # No line of it is inside a text: line breaks in texts are escaped.
    if not isinstance(value, list) or "\n" not in written:
        return head + written.replace("\n", "\n" + " " * (4 + len(head)))
    items = (pformat(item, width=_WIDTH - 8, sort_dicts=False) for item in value)
    lines = "".join(f"        {item.replace(chr(10), chr(10) + ' ' * 8)},\n" for item in items)
    return f"{head}[\n{lines}    ]"


def _curl(request: Mapping[str, Any], base_url: str) -> str:
    """Return a shell command whose body is a here-document.

    The body is verbatim, whatever quotes, `$` and backticks it holds, and may be longer than an
    argument. JSON escapes line ends inside texts, so no line of it can end the document.
    """
    address = shlex.quote(f"{base_url}/openai/v1/chat/completions")
    unbuffered = " -N" if request.get("stream") else ""
    return (
        "# for a terminal with curl; the key is in GROQ_API_KEY\n"
        f"curl{unbuffered} {address} \\\n"
        '  -H "Authorization: Bearer $GROQ_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  --data-binary @- <<'JSON'\n{_json(request)}\nJSON\n"
    )


def _node(request: Mapping[str, Any], base_url: str) -> str:
    streams = request.get("stream")
    address = "" if base_url == GROQ_URL else f"{{ baseURL: {_json(base_url)} }}"
    body = _PROTOTYPE.sub(r'\1["__proto__"]:', _json(request))
    shown = "" if request.get("tools") else ".content"
    answer = (
        "for await (const chunk of stream) {\n"
        '  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");\n'
        "}\n"
        if streams
        else f"console.log(completion.choices[0].message{shown});\n"
    )
    return (
        '// npm install groq-sdk\nimport Groq from "groq-sdk";\n\n'
        f"const groq = new Groq({address}); // the key is in GROQ_API_KEY\n\n"
        f"const {'stream' if streams else 'completion'} = "
        f"await groq.chat.completions.create({body});\n\n{answer}"
    )


def _json(value: Any) -> str:
    """Return JSON whose invisible characters (bidirectional marks above all) are escaped."""
    body = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in body)
