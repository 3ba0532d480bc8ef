"""`%groq_usage`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from IPython.core.magic import line_magic, magics_class, no_var_expand

from groq_magic.ledger.ledger import FIELDS, TOKENS
from groq_magic.magics.face import Face
from groq_magic.magics.frame import AS_FRAME, data_frame
from groq_magic.magics.line import options_alone
from groq_magic.views.show import show
from groq_magic.views.usage import usage

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["UsageMagics"]


@magics_class
class UsageMagics(Face):
    """The magic about what was used."""

    @no_var_expand
    @line_magic
    def groq_usage(self, line: str) -> pd.DataFrame | None:
        """Show tokens, cost, and the quota that is left: `%groq_usage [--as dataframe]`.

        The quota is that of your organisation: everyone who uses one of its
        keys uses it too. `usage = %groq_usage --as dataframe` has a row for
        each ask, those without an answer too.
        """
        from groq_magic.session.quota import KINDS, meter_of

        given = options_alone(line, (AS_FRAME,), "%groq_usage")
        if given:
            records = [_with_time(record) for record in self.session.ledger.records()]
            # Whole numbers stay whole where an ask has none.
            return data_frame(records, FIELDS).astype(dict.fromkeys(TOKENS, "Int64"))
        order = tuple(KINDS)
        meters = [
            (model, KINDS[limit.kind], meter_of(limit))
            for model, limits in self.session.service.limiter.known().items()
            for limit in sorted(limits.known, key=lambda limit: order.index(limit.kind))
        ]
        now = datetime.now(UTC).astimezone()
        show(*usage(meters, self.session.ledger, f"{now:%Y-%m-%d %H:%M}"))
        return None


def _with_time(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "at": datetime.fromtimestamp(record["at"], UTC).astimezone()}
