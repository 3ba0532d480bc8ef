"""The plan of an ask: from a draft to the request, without sending it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from groq_magic.api.request import form_of, request_of, size_of
from groq_magic.asking.images import content_with_images
from groq_magic.asking.proposed_code import CODE_SYSTEM
from groq_magic.clipping import count_of
from groq_magic.conversation import (
    Budget,
    HistoryWindow,
    PendingTurn,
    PromptData,
    SentMessages,
    estimate,
    fit,
    sent_messages,
)
from groq_magic.errors import TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from groq_magic.api.models import Model
    from groq_magic.asking.draft import Draft
    from groq_magic.conversation import Turn
    from groq_magic.prompt import Privacy
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.schemas import SchemaForm

__all__ = ["Plan", "PlanInputs", "make_plan"]

# The true number of tokens is at least this share of the estimate.
_LEAST_SHARE = 0.9
# The limit for unknown models: no window is larger.
_LARGEST_WINDOW = 10_000_000


@dataclass(frozen=True)
class PlanInputs:
    """The input of `make_plan`, besides the draft.

    Parameters
    ----------
    model : str
        The id of the model to ask.
    known : Model or None
        The model's entry in the catalogue.
    pending : PendingTurn
        The ask's turn, with the turns above it.
    tokens_per_minute : int or None
        The limit, if it was seen recently.
    history_share : float
        The share of this limit that earlier turns may take.
    tokens_per_byte : float
        The ratio in the service's counts so far.
    without_secrets : callable
        Takes turns and secrets, and returns the turns with these hidden.
    privacy : Privacy
        How much of the user's data may be sent.
    is_for_images : bool
        Whether the model was chosen because the prompt has images.
    """

    model: str
    known: Model | None
    pending: PendingTurn
    tokens_per_minute: int | None
    history_share: float
    tokens_per_byte: float
    without_secrets: Callable[[Iterable[Turn], Secrets], list[Turn]]
    privacy: Privacy
    is_for_images: bool


@dataclass(frozen=True)
class Plan:
    """The request, its pending turn, and the messages of the turns above it."""

    draft: Draft
    model: str
    pending: PendingTurn
    window: HistoryWindow
    earlier: SentMessages
    request: Mapping[str, Any] = field(repr=False)
    form: SchemaForm | None = field(repr=False)
    is_for_images: bool

    @property
    def included(self) -> tuple[tuple[str, int | str], ...]:
        """The names of the included values, with their characters or size in words."""
        return tuple((each.name, each.size) for each in self.draft.included)

    @property
    def included_earlier(self) -> tuple[tuple[str, int | str], ...]:
        """The values that are sent with earlier turns."""
        found = (value.included for value in self.earlier.values)
        return tuple((each.name, each.size) for each in found)

    @property
    def images(self) -> str:
        """The number of images in words, "" for none."""
        return count_of(len(self.draft.images), "image") if self.draft.images else ""

    @property
    def data(self) -> PromptData:
        """The data of the prompt, with the limits on all that the request contains."""
        own, earlier = self.draft.data, self.earlier.seen
        return own if earlier is None else replace(own, seen=earlier.joined(own.seen))


def make_plan(draft: Draft, facts: PlanInputs) -> Plan:
    """Build the request, with as many earlier turns as fit.

    Raises
    ------
    TooLargeError
        When it exceeds the window or the tokens a minute.
    OptionError, ModelError
        When the model does not support an option.
    """
    window = _window(draft, facts)
    turns = facts.without_secrets(window.turns, draft.secrets)
    earlier = sent_messages(turns, draft.named, facts.privacy)
    code_system = CODE_SYSTEM if draft.options.run_code else ""
    system = "\n\n".join(filter(None, (draft.system, code_system)))
    messages = [
        *([{"role": "system", "content": system}] if system else ()),
        *earlier.messages,
        {"role": "user", "content": content_with_images(draft.whole, draft.images)},
    ]
    form = form_of(draft.schema, facts.known, draft.tools)
    request = request_of(draft.options, facts.model, facts.known, messages, form, tools=draft.tools)
    if draft.tools:
        # A docstring may contain a key.
        request["tools"] = draft.secrets.hide_in(request["tools"])
    if "stop" in request:
        request["stop"] = draft.secrets.hide_in(request["stop"])
    return Plan(
        draft, facts.model, facts.pending, window, earlier, request, form, facts.is_for_images
    )


def _window(draft: Draft, facts: PlanInputs) -> HistoryWindow:
    before = facts.pending.before
    earlier = [text for turn in before for text in turn.texts]
    budget = Budget(
        facts.tokens_per_minute,
        facts.known.context_window if facts.known else None,
        draft.options.max_tokens,
        facts.history_share,
        _tokens_per_character(facts, *earlier),
    )
    prompt, system = (
        estimate(text, _tokens_per_character(facts, text)) if text else 0
        for text in (draft.whole, draft.system)
    )
    _check_size(prompt + system, budget)
    return fit(before, prompt_tokens=prompt, system_tokens=system, budget=budget, named=draft.named)


def _tokens_per_character(facts: PlanInputs, *texts: str) -> float:
    """Return the estimated tokens per character of texts."""
    return facts.tokens_per_byte * sum(map(size_of, texts)) / max(1, sum(map(len, texts)))


def _check_size(tokens: int, budget: Budget) -> None:
    """Refuse a request that is certain not to fit; the service decides doubtful cases."""
    whole = tokens + (budget.reply_tokens or 0)
    remedy = "Put less into the prompt" + (
        ", or lower --max-tokens."
        if budget.reply_tokens
        else "; a model with a larger limit may accept it."
    )
    window = budget.context_window
    for limit, what in (
        (window if window is not None else _LARGEST_WINDOW, "the model's window of {:,} tokens"),
        (budget.tokens_per_minute, "your {:,} tokens a minute"),
    ):
        if limit is not None and tokens * _LEAST_SHARE + (budget.reply_tokens or 0) > limit:
            raise TooLargeError(
                f"The request takes about {whole:,} tokens, {whole - limit:,} more than "
                f"{what.format(limit)}; nothing was sent.",
                remedy,
            )
