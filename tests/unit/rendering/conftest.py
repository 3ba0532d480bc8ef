"""What the rendering tests share."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType

_HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def dom() -> ModuleType:
    """Return the model of a page (dom.py)."""
    spec = importlib.util.spec_from_file_location("rendering_dom", _HERE / "dom.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def payloads() -> dict[str, list[str]]:
    """Return hostile Markdown by family (tests/payloads.json)."""
    text = (_HERE.parents[1] / "payloads.json").read_text(encoding="utf-8")
    found: dict[str, list[str]] = json.loads(text)
    return found
