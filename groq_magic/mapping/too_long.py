"""The rows of a map that are too long for the model or the limits."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from groq_magic.mapping.sending.row_request import RowAnswer

if TYPE_CHECKING:
    from collections.abc import Container

    from groq_magic.api.account import Account
    from groq_magic.api.models import Model
    from groq_magic.mapping.options import MapOptions
    from groq_magic.mapping.requests.request_plan import OversizedRow, RequestPlan

__all__ = ["too_long_rows"]

# An older limit, in seconds, is ignored: it may have been raised since.
_FRESH = 3600.0
_MOST_LISTED = 5


def too_long_rows(
    account: Account | None,
    plan: RequestPlan,
    model: Model | None,
    answered: Container[str],
    options: MapOptions,
) -> tuple[dict[str, RowAnswer], tuple[str, ...]]:
    """Return the errors of rows that the service would refuse, and a line about these rows.

    Parameters
    ----------
    account : Account or None
        The account whose limits count.
    plan : RequestPlan
    model : Model or None
    answered : container of str
        The keys of rows that need no request.
    options : MapOptions
    """
    minute = account.limiter.limits_of(plan.model).get("TPM") if account is not None else None
    # Limits a minute don't count for the batch engine.
    is_fresh = minute is not None and time.time() - minute.seen < _FRESH and not options.batch
    window = model.context_window if model is not None else None
    a_minute = minute.limit if minute is not None and is_fresh else None
    known = [
        (limit, words)
        for limit, words in (
            (window, f"{plan.model} takes {window or 0:,} at most"),
            (a_minute, f"this key's limit is {a_minute or 0:,} a minute"),
        )
        if limit
    ]
    if not known:
        return {}, ()
    limit, words = min(known)
    found = [row for row in plan.oversized(limit) if row.key not in answered]
    answers = {
        row.key: RowAnswer.failure(
            plan.model, f"The row is too long: about {row.tokens:,} tokens; {words}."
        )
        for row in found
    }
    return answers, (_line_of(found, words),) if found else ()


def _line_of(found: list[OversizedRow], limit: str) -> str:
    listed = ", ".join(f"{row.label} ({row.tokens:,} tokens)" for row in found[:_MOST_LISTED])
    more = f" and {len(found) - _MOST_LISTED:,} more" if len(found) > _MOST_LISTED else ""
    rows = "1 row is" if len(found) == 1 else f"{len(found):,} rows are"
    return f"{rows} too long and not sent: {listed}{more}; {limit}."
