"""A listing as a pandas DataFrame: `--as dataframe`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.errors import OptionError
from groq_magic.magics.option import Option, choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

__all__ = ["AS_FRAME", "data_frame"]

AS_FRAME = Option(
    "--as",
    "",
    "dataframe",
    "returns a pandas DataFrame instead of showing it",
    choice("dataframe"),
    values=("dataframe",),
)


def data_frame(records: Sequence[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    """Return records as a DataFrame, which has its columns without any record too.

    Raises
    ------
    OptionError
        When pandas is not installed.
    """
    lacking = False
    try:
        import pandas as pd
    except ImportError:
        lacking = True
    if lacking:
        raise OptionError("--as dataframe needs pandas.", "`%pip install pandas` installs it.")
    return pd.DataFrame(list(records), columns=list(columns))
