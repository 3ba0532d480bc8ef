"""`--dry-run`: what an ask would send, and about what it would cost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from groq_magic.asking.prepare import plan_dry_run
from groq_magic.conversation import whole_text
from groq_magic.ledger.usage import PRICES, Usage, cost, dollars, token_words
from groq_magic.views.bar import included_phrases
from groq_magic.views.dry_run import DryRun, Message
from groq_magic.views.phrase import SEPARATOR

if TYPE_CHECKING:
    from groq_magic.asking.plan import Plan
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session

__all__ = ["dry_run_of"]

_NOT_OPTIONS = frozenset({"messages", "model", "tools"})


def dry_run_of(session: Session, ask: Ask) -> DryRun:
    """Return what an ask would send; sends nothing, and needs neither key nor list of models.

    Raises
    ------
    PromptError, TooLargeError
        As `prepare`.
    """
    plan = plan_dry_run(session, ask)
    sent = plan.request["messages"]
    messages = tuple(
        Message(each["role"], whole_text(each), session.estimate.of_message(each)) for each in sent
    )
    for_images = f"`{plan.model}` is asked because it takes images." if plan.is_for_images else ""
    facts = (
        *included_phrases(plan.included, plan.included_earlier),
        for_images,
        plan.window.note,
        _tools(plan),
        _options(plan),
        _estimate(plan, session.estimate.of_request(plan.request)),
    )
    return DryRun(
        _heading(session, plan, len(messages)),
        messages,
        tuple(filter(None, facts)),
        (*_notice_of_task(session, plan), *plan.draft.notices),
    )


def _heading(session: Session, plan: Plan, count: int) -> str:
    these = f"these {count} messages" if count != 1 else "this message"
    host = urlsplit(session.service.base_url()).netloc.rpartition("@")[2]
    where = "in practice mode" if plan.pending.practice else f"at {host}"
    return f"Nothing was sent. Without `--dry-run`, `{plan.model}` {where} would get {these}:"


def _notice_of_task(session: Session, plan: Plan) -> tuple[str, ...]:
    """Return the notice that a task may mean another model, as the list is not fetched."""
    name = plan.draft.options.model or session.settings.model
    name = "vision" if plan.is_for_images else name
    if name == plan.model or session.service.catalogue().live:
        return ()
    return (f"`{name}` may mean another model with your key; `%groq_models` fetches the list.",)


def _tools(plan: Plan) -> str:
    """Return the tools in words; "" for none."""
    names = ", ".join(f"`{name}`" for name in plan.draft.tools.names)
    return f"Tools that it may call: {names}" if names else ""


def _options(plan: Plan) -> str:
    given = {name: value for name, value in plan.request.items() if name not in _NOT_OPTIONS}
    written = (f"{name} {json.dumps(value, ensure_ascii=False)}" for name, value in given.items())
    return f"Options: {SEPARATOR.join(written)}" if given else ""


def _estimate(plan: Plan, tokens: int) -> str:
    """Return the estimated tokens to send and their cost, and the price of the answer."""
    about = f"About {token_words(tokens, None, sent_as='to send')}"
    # Only the service knows how many tokens an image takes.
    more = f", plus {plan.images}" if plan.images else ""
    if plan.pending.practice:
        return f"{about}{more}; practice costs nothing."
    price = PRICES.get(plan.model)
    if price is None:
        return f"{about}{more}; the price of this model is unknown."
    paid = dollars(cost(plan.model, Usage(tokens, 0, tokens)))
    most = plan.draft.options.max_tokens
    if most is None:
        return f"{about}, {paid}{more}; the answer costs ${price[1]:.2f} per million tokens."
    limit = dollars(cost(plan.model, Usage(0, most, most)))
    return f"{about}, {paid}{more}; the answer at most {most:,} tokens, {limit}."
