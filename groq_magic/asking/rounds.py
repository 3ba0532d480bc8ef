"""The exchanges of one ask: tool calls and their results, and the repair of typed answers.

Each step looks at the last exchange and returns the next request, or None.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from groq_magic.asking.tool_round import ToolRounds
from groq_magic.asking.typed_answers import SECOND_TRY, repair_request
from groq_magic.errors import ServiceError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.api.send import Outcome
    from groq_magic.asking.ask_run import AskRun
    from groq_magic.asking.reader import Reader
    from groq_magic.errors import GroqMagicError
    from groq_magic.tools.call_result import CallResult

__all__ = ["Rounds", "read_rounds"]

_REFUSED_CALL = """This tool call was refused: {why}
The tools are: {names}. Call one with arguments that fit its parameters, or answer without."""


@dataclass
class Rounds:
    """The exchanges of one ask, with their results so far.

    Parameters
    ----------
    run : AskRun
    readers : list of Reader
        One per exchange, with the text that has arrived.

    Attributes
    ----------
    request : mapping
        The last request.
    is_repaired : bool
        Whether a second answer was requested because the first one did not fit.
    tools : ToolRounds
        The tool calls.
    """

    run: AskRun
    readers: list[Reader]
    request: Mapping[str, Any] = field(init=False)
    is_repaired: bool = False
    tools: ToolRounds = field(init=False)

    def __post_init__(self) -> None:
        self.request = self.run.plan.request
        self.tools = ToolRounds(self.run)

    @property
    def last(self) -> Reader:
        """The reader of the last exchange."""
        return self.readers[-1]

    @property
    def outcome(self) -> Outcome:
        """The outcome of the ask; without a finish reason if the user stopped it in a call."""
        outcome, offered = self.last.outcome, self.run.plan.draft.tools
        has_open_calls = self.run.is_stopped and bool(offered and outcome.tool_calls)
        is_cut = self.tools.is_stopped or has_open_calls
        return replace(outcome, finish_reason=None) if is_cut else outcome

    @property
    def is_stopped(self) -> bool:
        """Whether the user stopped it."""
        return self.run.is_stopped or self.tools.is_stopped

    @property
    def texts(self) -> list[str]:
        """The pieces of the answer; with a schema, those of the last answer alone."""
        found = [each.texts for each in self.readers if each.texts]
        if self.run.plan.draft.schema is not None:
            return found[-1] if found else []
        pieces = [[*texts, "\n\n"] for texts in found[:-1]]
        return [piece for texts in (*pieces, *found[-1:]) for piece in texts]

    @property
    def reasonings(self) -> list[str]:
        """The pieces of the reasoning."""
        found = [each.reasonings for each in self.readers if each.reasonings]
        pieces = [[*texts, "\n\n"] for texts in found[:-1]]
        return [piece for texts in (*pieces, *found[-1:]) for piece in texts]

    @property
    def calls(self) -> tuple[CallResult, ...]:
        """The tool calls, also those at the service."""
        return self.tools.calls

    @property
    def messages(self) -> tuple[Mapping[str, Any], ...]:
        """Calls and results as later turns send them."""
        return self.tools.turn_messages()

    @property
    def error(self) -> GroqMagicError | None:
        """The reason if there is no answer although no exchange failed."""
        if self.tools.error is not None or self.is_stopped:
            return self.tools.error
        has_calls = self.run.plan.draft.tools and self.last.outcome.tool_calls
        if has_calls and self.last.outcome.fault is None and not self.texts:
            happened = f"The model called tools in {self.tools.count} rounds and did not answer."
            return ServiceError(happened, "`%groq_retry` asks again.")
        return None


def read_rounds(run: AskRun, first: Reader) -> Rounds:
    """Send requests until no step returns another one, and return all exchanges."""
    rounds = Rounds(run, [first])
    if first.source != "service":
        return rounds
    run.session.note(run.plan.model, first.outcome)
    while not rounds.is_stopped:
        request = next(filter(None, (step(rounds) for step in STEPS)), None)
        if request is None or rounds.is_stopped:
            break
        run.log(rounds.last)
        rounds.request = request
        rounds.readers.append(run.reader(request))
        run.watch(rounds.last)
        run.session.note(run.plan.model, rounds.last.outcome)
    return rounds


def _call_tools(rounds: Rounds) -> Mapping[str, Any] | None:
    """Make the requested tool calls; return the request with their results."""
    return rounds.tools.next_request(rounds.last)


def _repair_call(rounds: Rounds) -> Mapping[str, Any] | None:
    """Return a request that quotes a call which the service refused, once."""
    fault, tools = rounds.last.outcome.fault, rounds.run.plan.draft.tools
    if fault is None or not fault.failed_generation or not tools or rounds.is_repaired:
        return None
    rounds.is_repaired = True
    why = _REFUSED_CALL.format(why=fault.error.happened, names=", ".join(tools.names))
    return _with_messages(rounds.request, fault.failed_generation, why)


def _repair_data(rounds: Rounds) -> Mapping[str, Any] | None:
    """Return a request for an answer that fits the schema, once."""
    plan, last = rounds.run.plan, rounds.last
    if plan.draft.schema is None or rounds.is_repaired:
        return None
    request = repair_request(rounds.request, plan.draft.schema, plan.form, last.text, last.outcome)
    if request is not None:
        rounds.is_repaired = True
        rounds.run.view.restart(SECOND_TRY)
    return request


def _with_messages(request: Mapping[str, Any], answer: str, prompt: str) -> dict[str, Any]:
    more = [{"role": "assistant", "content": answer}, {"role": "user", "content": prompt}]
    return {**request, "messages": [*request["messages"], *more]}


# Each step may return another request; the first one that does is used.
STEPS: tuple[Callable[[Rounds], Mapping[str, Any] | None], ...] = (
    _call_tools,
    _repair_call,
    _repair_data,
)
