"""Undo on the page: show a turn's former answer in its cell, or that the turn is removed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groq_magic.ledger.usage import usage_of
from groq_magic.session.bars import FormerAnswer
from groq_magic.views.answer_facts import LiveFacts
from groq_magic.views.bar import Bar
from groq_magic.views.phrase import quoted
from groq_magic.views.slots import answer_class
from groq_magic.views.static import bundle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from groq_magic.conversation import Turn
    from groq_magic.session.bars import Bars
    from groq_magic.views.answer_facts import FinishedAnswer
    from groq_magic.views.live import Live

__all__ = ["FORMER_PROMPT_REMEDY", "FormerTurn", "UndoResult", "show_former", "show_removed"]

# The remedy for an answer that belongs to a former prompt of its cell.
FORMER_PROMPT_REMEDY = "Put that prompt back into the cell, or run the cell to ask the new one."

_REMOVED = "This answer was removed from the conversation. Run the cell to ask again."

# The fields of a record about the cell, not about the ask.
_OF_THE_CELL = frozenset({"version", "turn", "cell", "ask", "replaces", "once"})


@dataclass(frozen=True)
class FormerTurn:
    """A turn that an undo restored, while its cell showed another answer or none.

    Parameters
    ----------
    turn : Turn
    is_shown : bool
        Whether the cell shows its answer again.
    has_other_prompt : bool
        Whether the cell asked with another prompt since.
    """

    turn: Turn
    is_shown: bool
    has_other_prompt: bool


@dataclass(frozen=True)
class UndoResult:
    """The change that was undone, and the turns that were restored.

    Parameters
    ----------
    phrase : str
        The change, without capital and full stop.
    former : tuple of FormerTurn
    """

    phrase: str
    former: tuple[FormerTurn, ...]


def show_former(
    bars: Bars,
    live: Live | None,
    hide: Callable[[str], str],
    turn: Turn,
) -> FormerTurn:
    """Show a turn's answer in its cell again, if a page is connected.

    Parameters
    ----------
    bars : Bars
    live : Live or None
        None without a page.
    hide : callable
        Replaces the secrets in a text.
    turn : Turn
        As it is now.
    """
    has_other_prompt = bars.has_other_prompt(turn)
    former = bars.former(turn) or _rebuilt(turn, bars.shown_for(turn))
    shown = former
    if former is not None and has_other_prompt:
        output = _with_prompt(former.output, turn, quoted(hide(turn.typed)))
        shown = replace(former, output=output)
    is_shown = shown is not None and live is not None and _put(live, shown)
    if former is not None and is_shown:
        # Without the warning, which may not apply later.
        bars.add(turn, former.output, in_conversation=True, reasoning=former.reasoning)
    return FormerTurn(turn, is_shown, has_other_prompt)


def show_removed(bars: Bars, live: Live | None, turns: Iterable[Turn]) -> None:
    """Show above the answers of removed turns that they were removed, if a page is connected.

    It is saved, so that `%groq_restore` does not restore them in the reopened notebook.

    Parameters
    ----------
    bars : Bars
    live : Live or None
        None without a page.
    turns : iterable of Turn
        The removed ones.
    """
    for turn in turns:
        former = bars.former(turn)
        if live is None or former is None:
            continue
        output, record = former.output, former.output.metadata.get("groq_magic")
        output = replace(
            output,
            warnings=(*output.warnings, _REMOVED),
            metadata={"groq_magic": {**record, "once": True}} if record else {},
            live=replace(output.live, stale=""),
        )
        if _put(live, replace(former, output=output)):
            bars.add(turn, output, in_conversation=False)


def _put(live: Live, former: FormerAnswer) -> bool:
    """Replace the answer that a cell shows; return whether it shows one."""
    output = former.output
    if not live.answers.has(output.slot):
        return False
    # Before the output, so that its bar is filled at once.
    live.send_facts(output.slot, output.live, former.reasoning)
    found = live.answers.replace(output.slot, *bundle(output), former.reasoning)
    if found is not None:
        live.finish(found)
    return found is not None


def _with_prompt(output: FinishedAnswer, turn: Turn, quote: str) -> FinishedAnswer:
    """Return an answer with its prompt, which its cell no longer contains."""
    warning = f"This answer belongs to the cell's former prompt, {quote}. {FORMER_PROMPT_REMEDY}"
    record = output.metadata.get("groq_magic")
    metadata = {"groq_magic": {**record, "prompt": turn.typed}} if record else {}
    return replace(output, warnings=(*output.warnings, warning), metadata=metadata)


def _rebuilt(turn: Turn, shown: FormerAnswer | None) -> FormerAnswer | None:
    """Return the output of a turn that was restored from the file and not shown in this session.

    Parameters
    ----------
    turn : Turn
    shown : FormerAnswer or None
        The answer that its cell shows.
    """
    if shown is None:
        return None
    record = shown.output.metadata.get("groq_magic")
    # Other facts about its request are unknown.
    own = {name: value for name, value in (record or {}).items() if name in _OF_THE_CELL} | {
        "conversation": turn.conversation,
        "included": sorted(turn.data.names),
        "model": turn.model,
        "finish_reason": turn.finish_reason,
        "usage": dict(turn.usage) if turn.usage else None,
        "prompt_sha": turn.prompt_sha,
        "above_sha": turn.above_sha,
        **({"practice": True} if turn.practice else {}),
        **({"prompt": turn.typed} if "prompt" in (record or {}) else {}),
    }
    counted = usage_of(turn.usage)
    tokens = counted.words if counted is not None else ""
    marks = (turn.finish_reason if turn.partial else "", "practice" if turn.practice else "")
    output = replace(
        shown.output,
        text=turn.answer,
        format="markdown",
        code=(),
        data=None,
        reasoning="",
        saved_reasoning="",
        notices=(),
        warnings=(),
        bar=Bar(turn.model, tokens, marks=tuple(filter(None, marks))),
        metadata={"groq_magic": own} if record else {},
        live=LiveFacts("", turn.answer, "", answer_class(turn.answer)),
        change=None,
        prose="",
        images=(),
    )
    return FormerAnswer(turn, output)
