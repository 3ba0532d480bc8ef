"""`%groq_usage`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from groq_magic.ledger.ledger import FIELDS, TOKENS
from groq_magic.magics.display import data_frame
from groq_magic.magics.line_parser import options_alone
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.views.show import show
from groq_magic.views.usage import usage

if TYPE_CHECKING:
    import pandas as pd

    from groq_magic.session.session import Session


__all__ = ["groq_usage"]


def groq_usage(session: Session, line: str) -> pd.DataFrame | None:
    """Show tokens, cost and your quota: `%groq_usage [--as dataframe]`.

    The quota belongs to your organisation: all its keys share it.
    `usage = %groq_usage --as dataframe` has a row for each ask, also those
    without an answer.
    """
    from groq_magic.session.quota import KINDS, meter_of

    given = options_alone(line, OPTIONS_OF["groq_usage"], "%groq_usage")
    if given:
        records = [_with_time(record) for record in session.ledger.records()]
        # Int64 keeps whole numbers in columns with missing values.
        return data_frame(records, FIELDS).astype(dict.fromkeys(TOKENS, "Int64"))
    order = tuple(KINDS)
    meters = [
        (model, KINDS[limit.kind], meter_of(limit))
        for model, limits in session.service.limiter.known().items()
        for limit in sorted(limits.known, key=lambda limit: order.index(limit.kind))
    ]
    now = datetime.now(UTC).astimezone()
    practice = session.service.in_practice
    show(*usage(meters, session.ledger, f"{now:%Y-%m-%d %H:%M}", practice=practice))
    return None


def _with_time(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "at": datetime.fromtimestamp(record["at"], UTC).astimezone()}
