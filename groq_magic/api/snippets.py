"""Write a chat request as code that runs without groq_magic."""

from __future__ import annotations

import json
import re
import shlex
from pprint import pformat
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from groq_magic.api.base_url import GROQ_URL
from groq_magic.api.snippet_images import image_files, with_file_names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["LANGUAGES", "snippet"]

_WIDTH = 64  # fits a narrow page
# The names of the languages for colouring.
LANGUAGES = MappingProxyType(
    {"python": "python", "openai": "python", "curl": "bash", "node": "javascript"}
)
# Parameters of Groq's `chat.completions.create` that OpenAI's lacks.
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
# Code that reads an image from its file.
_IMPORTS_OF_IMAGES = "import base64\nfrom pathlib import Path\n\n"
_DATA_URL = """\
def data_url(path):
    data = base64.b64encode(Path(path).read_bytes()).decode()
    return f"data:image/{path.rpartition('.')[2]};base64,{data}"


"""
_IMPORT_IN_NODE = 'import { readFileSync } from "node:fs";\n'
_DATA_URL_IN_NODE = """\
const dataUrl = (path) =>
  `data:image/${path.split(".").pop()};base64,${readFileSync(path, "base64")}`;

"""
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
        Its address, without `/openai/v1`; the code contains it unless it is Groq's.
    stream : bool or None
        Whether the code streams; None as in the request.

    Returns
    -------
    str
        The code, which ends in a line break. When it runs, it reads the key from
        GROQ_API_KEY and images from their files (see `image_files`).
    """
    sent = {name: value for name, value in request.items() if name != "stream"}
    if request.get("stream") if stream is None else stream:
        sent["stream"] = True
    write = {"python": _python, "openai": _openai, "curl": _curl, "node": _node}[kind]
    files = tuple(image_files(request))
    return write(with_file_names(sent) if files else sent, base_url, files)


def _python(request: Mapping[str, Any], base_url: str, files: tuple[str, ...]) -> str:
    address = "" if base_url == GROQ_URL else f"base_url={base_url!r}"
    imports = _IMPORTS_OF_IMAGES if files else ""
    return (
        f"# pip install groq\n{imports}from groq import Groq\n\n{_DATA_URL if files else ''}"
        f"client = Groq({address})  # the key is in GROQ_API_KEY\n\n"
        f"{_python_call(request, files)}"
    )


def _openai(request: Mapping[str, Any], base_url: str, files: tuple[str, ...]) -> str:
    known = {name: value for name, value in request.items() if name not in _GROQS_OWN}
    extra = {name: value for name, value in request.items() if name in _GROQS_OWN}
    if extra:
        known["extra_body"] = extra
    imports = "import base64\nimport os\nfrom pathlib import Path" if files else "import os"
    return (
        f"# pip install openai\n{imports}\n\n"
        f"from openai import OpenAI\n\n{_DATA_URL if files else ''}"
        "client = OpenAI(\n"
        f"    base_url={f'{base_url}/openai/v1'!r},\n"
        "    api_key=os.environ['GROQ_API_KEY'],\n"
        f")\n\n{_python_call(known, files)}"
    )


def _python_call(request: Mapping[str, Any], files: tuple[str, ...]) -> str:
    streams, body = request.get("stream"), ""
    for name, value in request.items():
        body += f"    {_argument(name, value)},\n"
    for file in files:
        body = body.replace(repr(file), f"data_url({file!r})")
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
    """Return `name=value`; in a list of several lines each item begins a line."""
    head = f"{name}="
    written = pformat(value, width=_WIDTH - 4 - len(head), sort_dicts=False)
    # Line breaks inside of texts are escaped, so lines can be indented.
    if not isinstance(value, list) or "\n" not in written:
        return head + written.replace("\n", "\n" + " " * (4 + len(head)))
    items = (pformat(item, width=_WIDTH - 8, sort_dicts=False) for item in value)
    lines = "".join(f"        {item.replace(chr(10), chr(10) + ' ' * 8)},\n" for item in items)
    return f"{head}[\n{lines}    ]"


def _curl(request: Mapping[str, Any], base_url: str, files: tuple[str, ...]) -> str:
    """Return a shell command whose body is a here-document.

    The body needs no quoting there, and may be longer than an argument. JSON escapes line ends
    inside of texts, so that no line of it can end the document.
    """
    address = shlex.quote(f"{base_url}/openai/v1/chat/completions")
    unbuffered = " -N" if request.get("stream") else ""
    body = f" <<'JSON'\n{_json(request)}\nJSON\n"
    # Images are separate parts of the body; `tr` removes the line breaks between parts.
    pieces = f"{{\ncat{body}}} | tr -d '\\n' | " if files else ""
    for file in files:
        opening = f"data:image/{file.rpartition('.')[2]};base64,"
        piece = f"\"{opening}\nJSON\nbase64 < {file}\ncat <<'JSON'\n\""
        pieces = pieces.replace(f'"{file}"', piece)
    return (
        "# for a terminal with curl; the key is in GROQ_API_KEY\n"
        f"{pieces}curl{unbuffered} {address} \\\n"
        '  -H "Authorization: Bearer $GROQ_API_KEY" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        "  --data-binary @-" + ("\n" if files else body)
    )


def _node(request: Mapping[str, Any], base_url: str, files: tuple[str, ...]) -> str:
    streams = request.get("stream")
    address = "" if base_url == GROQ_URL else f"{{ baseURL: {_json(base_url)} }}"
    body = _PROTOTYPE.sub(r'\1["__proto__"]:', _json(request))
    for file in files:
        body = body.replace(f'"{file}"', f'dataUrl("{file}")')
    shown = "" if request.get("tools") else ".content"
    answer = (
        "for await (const chunk of stream) {\n"
        '  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");\n'
        "}\n"
        if streams
        else f"console.log(completion.choices[0].message{shown});\n"
    )
    return (
        f"// npm install groq-sdk\n{_IMPORT_IN_NODE if files else ''}"
        f'import Groq from "groq-sdk";\n\n{_DATA_URL_IN_NODE if files else ""}'
        f"const groq = new Groq({address}); // the key is in GROQ_API_KEY\n\n"
        f"const {'stream' if streams else 'completion'} = "
        f"await groq.chat.completions.create({body});\n\n{answer}"
    )


def _json(value: Any) -> str:
    """Return JSON whose invisible characters (bidirectional marks above all) are escaped."""
    body = json.dumps(value, indent=2, ensure_ascii=False)
    return "".join(c if c.isprintable() or c == "\n" else json.dumps(c)[1:-1] for c in body)
