"""What users set: the session's sticky values, and the options of one ask."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from types import MappingProxyType
from typing import Any, Literal

from traitlets import Bool, Enum, Float, Int, List, TraitError, Unicode, validate
from traitlets.config import Configurable

from groq_magic.printable import SURROGATE

__all__ = [
    "DEFAULT_MODEL",
    "EFFORTS",
    "FORMATS",
    "HIGHEST",
    "MOST_STOPS",
    "RANGES",
    "TIERS",
    "AnswerFormat",
    "AskOptions",
    "Settings",
]

DEFAULT_MODEL = "openai/gpt-oss-120b"
FORMATS = ("markdown", "text", "code", "json")
EFFORTS = ("none", "default", "low", "medium", "high")
TIERS = ("on_demand", "auto", "flex", "performance")
MOST_STOPS = 4
# The largest whole number that the API takes.
HIGHEST = 2**63 - 1
RANGES = MappingProxyType(
    {
        "temperature": (0.0, 2.0),
        "top_p": (0.0, 1.0),
        "frequency_penalty": (-2.0, 2.0),
        "presence_penalty": (-2.0, 2.0),
        "timeout": (0.1, 3_600.0),
        "connect_timeout": (0.1, 3_600.0),
        "max_wait": (0.0, float("inf")),
        "history_share": (0.0, 1.0),
        # A terabyte and a century.
        "cache_megabytes": (0.0, 1_000_000.0),
        "cache_days": (0.0, 36_500.0),
    }
)
AnswerFormat = Literal["markdown", "text", "code", "json"]


@dataclass(frozen=True)
class AskOptions:
    """The options of one ask; None means: as the session has it.

    The names are the long options of `%%groq` with underscores, so that
    `groq_magic.ask(prompt, max_tokens=100)` and `--max-tokens 100` are one.
    """

    model: str | None = None
    system: str | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    out: str | None = None
    format: AnswerFormat | None = None
    cell: bool = False
    once: bool = False
    conversation: str | None = None
    dry_run: bool = False
    top_p: float | None = None
    frequency_penalty: float | None = None
    presence_penalty: float | None = None
    seed: int | None = None
    stop: tuple[str, ...] | None = None
    reasoning_effort: str | None = None
    reasoning: str | None = None
    service_tier: str | None = None
    timeout: float | None = None
    raw: bool = False
    no_stream: bool = False
    cache: bool = False
    no_cache: bool = False

    def over(self, earlier: AskOptions) -> AskOptions:
        """Return `earlier` with every option that is given here in its place."""
        given = {f.name: getattr(self, f.name) for f in fields(self)}
        return replace(
            earlier, **{k: v for k, v in given.items() if v is not None and v is not False}
        )

    def given(self) -> dict[str, Any]:
        """Return what was given, by name: what a turn's metadata records."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        kept = {k: v for k, v in values.items() if v is not None and v is not False}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in kept.items()}


class Settings(Configurable):
    """The values that stick until they are changed.

    They are traits: `%config GroqMagics.temperature = 0.2` and
    `c.GroqMagics.temperature = 0.2` in `ipython_config.py` set them, and the
    picker and the panel show the same values.
    """

    model = Unicode(
        DEFAULT_MODEL, help="The model's id, or fast, balanced, reasoning, vision."
    ).tag(config=True)
    system = Unicode("", help="The system prompt; empty for none.").tag(config=True)
    conversation = Unicode("main", help="The conversation that asks belong to.").tag(config=True)
    temperature = Float(None, allow_none=True, help="0 to 2; None leaves it to the model.").tag(
        config=True
    )
    max_tokens = Int(
        None,
        allow_none=True,
        min=1,
        max=HIGHEST,
        help="The longest answer, in tokens; None leaves it to the model.",
    ).tag(config=True)
    top_p = Float(None, allow_none=True, help="0 to 1; None leaves it to the model.").tag(
        config=True
    )
    frequency_penalty = Float(None, allow_none=True, help="-2 to 2.").tag(config=True)
    presence_penalty = Float(None, allow_none=True, help="-2 to 2.").tag(config=True)
    seed = Int(
        None,
        allow_none=True,
        min=-HIGHEST,
        max=HIGHEST,
        help="A number for answers that repeat, at best effort.",
    ).tag(config=True)
    stop = List(Unicode(), maxlen=MOST_STOPS, help="Up to 4 texts that end the answer.").tag(
        config=True
    )
    reasoning_effort = Enum(
        ("", *EFFORTS), "", help="none, default, low, medium, high; empty for the model's own."
    ).tag(config=True)
    reasoning = Enum(("hide", "show"), "hide", help="show keeps the reasoning in the output.").tag(
        config=True
    )
    service_tier = Enum(
        ("", *TIERS), "", help="on_demand, auto, flex, performance; empty for none."
    ).tag(config=True)
    format = Enum(FORMATS, "markdown", help="How an answer is shown.").tag(config=True)
    timeout = Float(60.0, help="Seconds without a byte before an ask gives up; 0.1 to 3,600.").tag(
        config=True
    )
    connect_timeout = Float(5.0, help="Seconds to connect; 0.1 to 3,600.").tag(config=True)
    tries = Int(4, min=1, help="How often an ask is tried before the first token.").tag(config=True)
    max_wait = Float(60.0, help="Seconds of waiting in all per ask.").tag(config=True)
    history_share = Float(
        0.4, help="The share of the tokens a minute that earlier turns may take; 0 to 1."
    ).tag(config=True)
    assistant_tokens = Int(
        4_000, min=200, help="About how many tokens of code and values %groq_fix puts in."
    ).tag(config=True)
    stream = Bool(default_value=True, help="Stream answers as they come.").tag(config=True)
    cache = Bool(
        default_value=False, help="Keep answers on this computer, and give them again."
    ).tag(config=True)
    cache_megabytes = Float(100.0, help="How much the cache may hold; 0 to 1,000,000.").tag(
        config=True
    )
    cache_days = Float(30.0, help="How long the cache keeps an answer; 0 to 36,500.").tag(
        config=True
    )
    store = Enum(
        ("metadata", "none"), "metadata", help="none writes nothing of the turn into the output."
    ).tag(config=True)

    # The traits' own `min` and `max` let nan pass.
    @validate(*RANGES)
    def _is_bounded(self, proposal: dict[str, Any]) -> float | None:
        value: float | None = proposal["value"]
        low, high = RANGES[proposal["trait"].name]
        if value is not None and not low <= value <= high:
            raise TraitError(f"{proposal['trait'].name} goes from {low:,g} to {high:,.15g}.")
        return value

    @validate("model", "system", "conversation")
    def _is_sendable(self, proposal: dict[str, Any]) -> str:
        value: str = proposal["value"]
        if SURROGATE.search(value):
            raise TraitError(f"{proposal['trait'].name} holds half a surrogate pair.")
        return value

    def defaults(self) -> AskOptions:
        """Return the sticky values as the options of an ask that names none."""
        return AskOptions(
            model=self.model,
            system=self.system or None,
            temperature=self.temperature,
            max_tokens=self.max_tokens,
            format=self.format,  # type: ignore[arg-type]  # the trait admits these alone
            conversation=self.conversation,
            top_p=self.top_p,
            frequency_penalty=self.frequency_penalty,
            presence_penalty=self.presence_penalty,
            seed=self.seed,
            stop=tuple(self.stop) or None,
            reasoning_effort=self.reasoning_effort or None,
            reasoning=self.reasoning,
            service_tier=self.service_tier or None,
            timeout=self.timeout,
            no_stream=not self.stream,
            cache=self.cache,
        )


# The ranges of the API's parameters, from its reference.
