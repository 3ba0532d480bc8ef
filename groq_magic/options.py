"""The options of an ask in one table, the fields of `AskOptions`: a new option is one field.

The parser of a line, keywords, settings, panel, help, completion and the request derive from it.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, Self

from groq_magic.option import OptionTable, option
from groq_magic.option_types import (
    HIGHEST,
    Choice,
    Flag,
    Label,
    Number,
    Switch,
    Text,
    Texts,
    Whole,
)
from groq_magic.session_types import AnswerSchema, Images, ToolNames, VariableName

__all__ = ["DEFAULT_MODEL", "OPTIONS", "AnswerFormat", "AskOptions"]

DEFAULT_MODEL = "openai/gpt-oss-120b"
AnswerFormat = Literal["markdown", "text", "code", "json"]


@dataclass(frozen=True)
class AskOptions(OptionTable):
    """The options of one ask; None takes the session's setting.

    The names are the long options of `%%groq` with underscores:
    `groq_magic.ask(prompt, max_tokens=100)` is `--max-tokens 100`.
    """

    model: str | None = option(
        Label(("fast", "balanced", "reasoning", "vision")),
        "the model: an id, or fast, balanced, reasoning, vision",
        "-m",
        metavar="ID",
        default=DEFAULT_MODEL,
        panel="Model",
    )
    system: str | None = option(
        Text(), "the system prompt", "-s", metavar="TEXT", default="", panel="System prompt"
    )
    temperature: float | None = option(
        Number(0.0, 2.0),
        "0 to 2: low is predictable, high is varied",
        "-t",
        metavar="N",
        default=None,
        parameter="temperature",
        panel="Temperature",
    )
    max_tokens: int | None = option(
        Whole(1),
        "the longest answer, in tokens",
        metavar="N",
        default=None,
        parameter="max_completion_tokens",
        panel="Max tokens",
    )
    out: str | None = option(
        VariableName(), "also stores the reply in this variable", "-o", metavar="NAME"
    )
    format: AnswerFormat | None = option(  # noqa: RUF009 - it declares a field, as `field` does
        Choice(("markdown", "text", "code", "json")),
        "markdown, text, code or json",
        "-f",
        metavar="KIND",
        default="markdown",
    )
    schema: Any = option(  # noqa: RUF009 - it declares a field, as `field` does
        AnswerSchema(),
        "typed data: a class of yours, or 'city, price float'",
        metavar="X",
    )
    image: tuple[Any, ...] | None = option(
        Images(3),
        "an image: plot, a name, path or web address; up to 3 times",
        "-i",
        metavar="X",
        plural="images",
    )
    tools: tuple[Any, ...] | None = option(
        ToolNames(),
        "functions that the model may call, browser_search, code_interpreter",
        metavar="A,B",
    )
    run_code: bool = option(Flag(), "the model proposes code that runs here after you approve it")
    recent: int | None = option(
        Whole(1, example=3),
        "the N cells that ran before: code, output, error, value",
        metavar="N",
    )
    cell: bool = option(Flag(), "inserts the answer's code as the next cell, not run")
    once: bool = option(Flag(), "neither reads nor writes the conversation")
    conversation: str | None = option(
        Label(), "the conversation to ask in", "-c", metavar="NAME", default="main"
    )
    dry_run: bool = option(Flag(), "shows what would be sent, and sends nothing")
    top_p: float | None = option(
        Number(0.0, 1.0),
        "0 to 1: lower leaves unlikely words out",
        metavar="N",
        everyday=False,
        default=None,
        parameter="top_p",
    )
    frequency_penalty: float | None = option(
        Number(-2.0, 2.0),
        "-2 to 2",
        metavar="N",
        everyday=False,
        default=None,
        parameter="frequency_penalty",
    )
    presence_penalty: float | None = option(
        Number(-2.0, 2.0),
        "-2 to 2",
        metavar="N",
        everyday=False,
        default=None,
        parameter="presence_penalty",
    )
    seed: int | None = option(
        Whole(-HIGHEST),
        "the same number gives the same answer, mostly",
        metavar="N",
        everyday=False,
        default=None,
        parameter="seed",
    )
    stop: tuple[str, ...] | None = option(
        Texts(4),
        "ends the answer before this text; up to four times",
        metavar="TEXT",
        everyday=False,
        default=(),
        parameter="stop",
    )
    reasoning_effort: str | None = option(
        Choice(("none", "default", "low", "medium", "high")),
        "none, default, low, medium or high",
        metavar="LEVEL",
        everyday=False,
        default="",
        parameter="reasoning_effort",
        panel="Reasoning",
    )
    reasoning: str | None = option(
        Choice(("show", "hide")),
        "show keeps the reasoning in the saved output",
        metavar="show|hide",
        everyday=False,
        default="hide",
    )
    service_tier: str | None = option(
        Choice(("on_demand", "auto", "flex", "performance")),
        "on_demand, auto, flex or performance",
        metavar="TIER",
        everyday=False,
        default="",
        parameter="service_tier",
    )
    timeout: float | None = option(
        Number(0.1, 3_600.0),
        "gives up after this many seconds without a byte; 0.1 to 3,600",
        metavar="SECONDS",
        everyday=False,
        default=60.0,
    )
    raw: bool = option(Flag(), "leaves {{…}} in the prompt as it is", everyday=False)
    stream: bool | None = option(
        Switch(),
        "shows the answer as it arrives, or only once it is complete",
        everyday=False,
        default=True,
    )
    cache: bool | None = option(
        Switch(),
        "reuses a cached answer to the same request, or never does",
        everyday=False,
        default=False,
    )

    def over(self, earlier: Self) -> Self:
        """Return `earlier`, with the options that are given here replaced."""
        return replace(earlier, **self._given())

    def given(self) -> dict[str, Any]:
        """Return the given options by their long names, as a turn's metadata records them."""
        given = self._given()
        for each in self.table():
            if each.name in given:
                value = each.type.saved(given.pop(each.name))
                is_off = isinstance(each.type, Switch) and value is False
                given |= {f"no_{each.name}": True} if is_off else {each.name: value}
        return given

    def _given(self) -> dict[str, Any]:
        values = {each.name: (getattr(self, each.name), each.default) for each in fields(self)}
        return {name: value for name, (value, unset) in values.items() if value is not unset}


OPTIONS = AskOptions.table()
