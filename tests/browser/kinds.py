"""Which front ends a test runs in: both, where it doesn't say."""

from __future__ import annotations

import pytest

__all__ = ["only_in_lab"]

# For what Notebook 7 has not, and for what our own code does alone: it does that in any
# front end, and once is enough.
only_in_lab = pytest.mark.parametrize("jupyter", ["lab"], indirect=True)
