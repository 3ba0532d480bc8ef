"""Usage and cost of asks; the cache, journals of maps, the request log."""

from __future__ import annotations
