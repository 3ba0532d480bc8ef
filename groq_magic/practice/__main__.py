"""``python -m groq_magic.practice``."""

from __future__ import annotations

import sys

from groq_magic.practice.command import main

if __name__ == "__main__":
    sys.exit(main())
