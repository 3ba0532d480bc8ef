"""The front ends that a test runs in: by default both."""

from __future__ import annotations

import pytest

__all__ = ["mostly_in_lab", "only_in_lab"]

# For what Notebook 7 has not, and for what our own code does alone: it does that in any
# front end, and once is enough.
only_in_lab = pytest.mark.parametrize("jupyter", ["lab"], indirect=True)

# For what a front end could do in its own way, but hardly does: Notebook 7 has JupyterLab's cells,
# outputs and widgets. By day in Lab, by night in both.
mostly_in_lab = pytest.mark.parametrize(
    "jupyter", ["lab", pytest.param("notebook", marks=pytest.mark.nightly)], indirect=True
)
