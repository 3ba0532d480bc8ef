"""An ask of a replayed notebook without a saved answer and without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.conversation import METADATA_VERSION
from groq_magic.ledger.usage import usage_of
from groq_magic.reply import Reply, Timing, code_of, data_of
from groq_magic.views.answer_facts import FinishedAnswer, LiveFacts
from groq_magic.views.bar import Bar
from groq_magic.views.phrase import quoted
from groq_magic.views.show import publish
from groq_magic.views.slots import answer_class, slot_of
from groq_magic.views.static import bundle

if TYPE_CHECKING:
    from groq_magic.asking.stored_answer import NoSavedAnswerError
    from groq_magic.conversation import SavedTurn
    from groq_magic.session.session import Session

__all__ = ["show_unanswered"]


def show_unanswered(session: Session, error: NoSavedAnswerError, out: str | None) -> None:
    """Show why there is no answer, with the answer to the former prompt; `_groq` has the error.

    The cell succeeds: if it failed, Run All would stop. The front end has cleared the outputs of
    the cells below by then, so that the next save would lose their saved answers.

    Parameters
    ----------
    session : Session
    error : NoSavedAnswerError
    out : str or None
        The variable of `-o`.
    """
    saved = error.former
    text = saved.answer if saved is not None else ""
    code = code_of(text)
    session.keep(
        Reply(
            text=text,
            code=code,
            data=data_of(text, code),
            model=saved.model if saved is not None else session.settings.model,
            finish_reason="error",
            usage=None,
            timing=Timing(),
            request={},
            error=error,
            source="replay",
        ),
        out,
    )
    warnings = [str(error)]
    if saved is not None:
        prompt = quoted(session.secrets().hide(saved.prompt))
        warnings.append(f"This is the saved answer to the former prompt, {prompt}.")
    publish(*bundle(_output(session, saved, tuple(warnings))))


def _output(session: Session, saved: SavedTurn | None, warnings: tuple[str, ...]) -> FinishedAnswer:
    usage = usage_of(saved.usage) if saved is not None else None
    marks = ("practice",) if saved is not None and saved.practice else ()
    return FinishedAnswer(
        slot=slot_of(saved.shown) if saved is not None else "",
        text=saved.answer if saved is not None else "",
        format="markdown",
        code=(),
        data=None,
        reasoning="",
        notices=(),
        warnings=warnings,
        bar=Bar(
            saved.model if saved is not None else "", usage.words if usage else "", marks=marks
        ),
        metadata=_metadata(saved) if saved is not None and session.settings.store != "none" else {},
        live=LiveFacts("", "", "", answer_class(saved.answer) if saved is not None else ""),
    )


def _metadata(saved: SavedTurn) -> dict[str, Any]:
    """Return the metadata of a saved turn, so that its prompt, typed again, finds the answer."""
    record = {
        "version": METADATA_VERSION,
        "conversation": saved.conversation,
        "cell": saved.key.cell,
        "ask": saved.key.ask,
        "model": saved.model,
        "options": dict(saved.options or {}),
        "finish_reason": saved.finish_reason,
        "usage": dict(saved.usage) if saved.usage else None,
        "system": saved.system,
        "included": sorted(saved.included),
        "prompt_sha": saved.prompt_sha,
        "values_sha": saved.values_sha,
        "above_sha": saved.above_sha,
        "once": saved.once,
        "prompt": saved.prompt,
    }
    return {"groq_magic": {**record, **({"practice": True} if saved.practice else {})}}
