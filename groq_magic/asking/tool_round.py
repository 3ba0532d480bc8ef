"""The rounds of tool calls in an ask: show each call, get approval, make it, send its result."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from groq_magic.api.key import scrub
from groq_magic.api.request import without_surrogates
from groq_magic.asking.figures import with_last_figures, without_figures
from groq_magic.asking.images import content_with_images
from groq_magic.asking.proposed_code import CODE_TOOL, CodeStoppedError, ProposedCode
from groq_magic.asking.tool_approval import ToolApproval, limits_restored
from groq_magic.clipping import clip
from groq_magic.conversation import sha_of
from groq_magic.errors import NotebookError
from groq_magic.tools import BadArgumentsError
from groq_magic.tools.call import CallLimits, make_call
from groq_magic.tools.call_result import CallResult
from groq_magic.tools.sent_results import SentResults

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from groq_magic.api.tool_calls import ToolCall
    from groq_magic.asking.ask_run import AskRun
    from groq_magic.asking.reader import Reader
    from groq_magic.errors import GroqMagicError
    from groq_magic.prompt import PromptImage

__all__ = ["MOST_ROUNDS", "ToolRounds"]

MOST_ROUNDS = 8
# Characters: of all results of a round, of one result at most, and at least.
_ROUND, _MOST, _LEAST = 32_000, 8_000, 250
_LONGEST_MESSAGE = 1_000
_STOPPED = "Not run: the user stopped."
_NOT_ASKED = "Not run: nobody could approve it."
_FIGURES = "The figures that the code has drawn:"


class ToolRounds:
    """The rounds of tool calls in one ask.

    Parameters
    ----------
    run : AskRun

    Attributes
    ----------
    calls : tuple of CallResult
        All calls so far, also those at the service.
    count : int
        The number of rounds so far.
    is_stopped : bool
        Whether the user ended the ask in a call.
    error : GroqMagicError or None
        The error if nobody could approve a call.
    """

    def __init__(self, run: AskRun) -> None:
        self.calls: tuple[CallResult, ...] = ()
        self.count = 0
        self.is_stopped = False
        self.error: GroqMagicError | None = None
        self._run = run
        self._messages: list[dict[str, Any]] = []
        self._seen: set[int] = set()
        self._approval = ToolApproval(run.session, run.view.stopped)
        self._code = _code_of(run)
        self._figures: list[PromptImage] = []
        # Made from the prompt, so that the same calls of a repeated ask have the same ids.
        self._id = f"call_{sha_of(run.plan.draft.ask.identity)[:8]}"

    def next_request(self, reader: Reader) -> Mapping[str, Any] | None:
        """Make the calls of an exchange; return the request with their results, None without calls.

        After the last round the request allows no more calls.
        """
        if id(reader) in self._seen:
            return None
        self._seen.add(id(reader))
        outcome = reader.outcome
        if outcome.executed_tools:
            self._show(*map(CallResult.of_service, outcome.executed_tools))
        is_over = outcome.fault is not None or self.count >= MOST_ROUNDS
        if not self._run.plan.draft.tools or not outcome.tool_calls or is_over:
            return None
        self.count += 1
        results = self._run_calls(outcome.tool_calls)
        first = len(self.calls) - len(results)
        # The service's ids are new each time, and may be missing.
        calls = [replace(e, id=f"{self._id}_{n}") for n, e in enumerate(outcome.tool_calls, first)]
        content = {"content": without_surrogates(reader.text)[0]} if reader.text else {}
        parts = [_sendable(each).part for each in calls]
        self._messages.append({"role": "assistant", **content, "tool_calls": parts})
        self._messages += [
            {"role": "tool", "tool_call_id": call.id, "content": result.result}
            for call, result in zip(calls, results, strict=True)
        ]
        if self._figures:
            # A tool's message takes no images.
            images = content_with_images(_FIGURES, self._figures)
            self._messages.append({"role": "user", "content": images})
            self._figures = []
        if reader.text and self._run.plan.draft.schema is None:
            self._run.view.feed("\n\n", "")
        request = self._run.plan.request
        last = {"tool_choice": "none"} if self.count == MOST_ROUNDS else {}
        sent = with_last_figures([*request["messages"], *self._messages])
        return {**request, "messages": sent, **last}

    @property
    def code(self) -> str:
        """The code that ran, as one cell; "" for none."""
        return self._code.cell if self._code is not None else ""

    def turn_messages(self) -> tuple[Mapping[str, Any], ...]:
        """Return the messages for later turns, without text beside calls, which the answer has."""
        return tuple(
            {name: part for name, part in each.items() if name != "content"}
            if each["role"] == "assistant"
            else each
            for each in without_figures(self._messages)
        )

    def _clean(self, text: str) -> str:
        """Return a text without secrets, also without those that a call has set."""
        run = self._run
        hidden = run.session.secrets().hide(run.plan.draft.secrets.hide(text))
        return without_surrogates(scrub(hidden))[0]

    def _run_calls(self, calls: Sequence[ToolCall]) -> list[CallResult]:
        budget = max(_LEAST, min(_MOST, _ROUND // len(calls)))
        first = len(self.calls)
        requested = [
            CallResult(
                each.name,
                self._clean(each.arguments),
                is_code=self._code is not None and each.name == CODE_TOOL,
            )
            for each in calls
        ]
        self._show(*(replace(each, state="queued") for each in requested))
        for at, (call, each) in enumerate(zip(calls, requested, strict=True), first):
            self._set(at, self._result(at, call, each, budget))
        return list(self.calls[first:])

    def _result(self, at: int, call: ToolCall, requested: CallResult, budget: int) -> CallResult:
        if self.is_stopped or self._run.is_stopped:
            self.is_stopped = True
            return replace(requested, result=_STOPPED, state="stopped")
        tools = self._run.plan.draft.tools
        tool = tools.get(call.name)
        if tool is None:
            names = ", ".join(each.name for each in tools.functions) or "none"
            text = f"There is no tool {clip(call.name, 60)}. The tools are: {names}."
            return replace(requested, result=text, state="failed")
        # Checking the arguments may run the user's validators: it waits for approval too.
        make = partial(tool.call, call.arguments)
        try:
            if self._code is not None and requested.is_code:
                return self._propose_code(at, self._code, requested, make)
            return self._run_function(at, requested, make, budget)
        except NotebookError as error:
            self.error = error
        except (KeyboardInterrupt, CodeStoppedError):
            pass
        self.is_stopped = True
        text = "Stopped by the user." if self.error is None else _NOT_ASKED
        return replace(requested, result=text, state="stopped")

    def _propose_code(
        self, at: int, code: ProposedCode, requested: CallResult, make: Callable[[], str]
    ) -> CallResult:
        try:
            proposed = make()
        except BadArgumentsError as error:
            text = self._clean(f"The arguments don't fit: {clip(str(error), _LONGEST_MESSAGE)}")
            return replace(requested, result=text, state="failed")
        self._set(at, replace(requested, state="pending"))
        try:
            with self._run.session.executions.in_tool():
                answer = code.show_and_run(proposed)
        finally:
            self._run.view.move()
        self._figures += answer.images
        return replace(requested, result=self._clean(answer.text), state=answer.state)

    def _run_function(
        self, at: int, requested: CallResult, make: Callable[[], Any], budget: int
    ) -> CallResult:
        if self._approval.is_needed:
            self._set(at, replace(requested, state="pending"))
            if (error := self._run.view.error) is not None:
                # The user can't see what to approve.
                raise error
        refusal = self._approval.refusal_of(requested.name)
        if refusal is not None:
            return replace(requested, result=self._clean(refusal.text), state=refusal.state)
        self._set(at, replace(requested, state="running"))
        if self._run.is_stopped:
            # ■ came while interrupts were deferred.
            raise KeyboardInterrupt
        return self._make_call(requested, make, budget)

    def _make_call(self, requested: CallResult, make: Callable[[], Any], budget: int) -> CallResult:
        session = self._run.session
        sent = SentResults(session.namespace, session.privacy(), self._clean)
        limits = CallLimits(session.settings.tool_timeout, budget, self._run.view.stopped)
        with session.executions.in_tool(), limits_restored(session):
            return make_call(requested, make, sent, limits)

    def _show(self, *calls: CallResult) -> None:
        self.calls += calls
        self._run.view.calls(self.calls)

    def _set(self, at: int, call: CallResult) -> None:
        self.calls = (*self.calls[:at], call, *self.calls[at + 1 :])
        self._run.view.calls(self.calls)


def _code_of(run: AskRun) -> ProposedCode | None:
    if not run.plan.draft.options.run_code:
        return None
    known = run.session.service.catalogue().get(run.plan.model)
    sees = known is not None and known.sees
    stopped = run.view.stopped
    return ProposedCode(run.session, stopped, sees=sees, is_stopped=lambda: run.is_stopped)


def _sendable(call: ToolCall) -> ToolCall:
    name, arguments = (without_surrogates(text)[0] for text in (call.name, call.arguments))
    return replace(call, name=name, arguments=arguments)
