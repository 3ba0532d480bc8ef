"""axe-core, which finds faults of accessibility in a page: `faults(page, included)`.

It is there where `npm install --no-save axe-core` ran, as it does in .ci/run.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page

__all__ = ["faults", "needs_axe"]

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async (included) => {
  // JupyterLab's body is of no height: axe takes what is in it for hidden.
  document.body.style.minHeight = "100vh";
  const { violations } = await axe.run(
    { include: included.map((each) => [each]) },
    { resultTypes: ["violations"] },
  );
  document.body.style.minHeight = "";
  return violations
    .filter(({ impact }) => ["serious", "critical"].includes(impact))
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) =>
      `${id}: ${html.slice(0, 200)}: ${failureSummary.replace(/\\s+/g, " ")}`));
}"""

needs_axe = pytest.mark.skipif(
    not AXE.exists(), reason="axe-core is missing: npm install --no-save axe-core"
)


def faults(page: Page, *included: str) -> list[str]:
    """Return the serious and critical faults of the elements that selectors match.

    Parameters
    ----------
    page : Page
    *included : str
        Selectors; each has to match something.
    """
    if not page.evaluate("() => 'axe' in window"):
        page.evaluate(AXE.read_text("utf-8"))
    missing = [each for each in included if not page.locator(each).count()]
    assert not missing, f"nothing on the page matches {missing}"
    found: list[str] = page.evaluate(RUN, list(included))
    return found
