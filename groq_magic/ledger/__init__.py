"""What was used, and what it cost. Pure."""

from __future__ import annotations
