"""``python -m tests.practice``, in the folder that holds ``tests/``."""

from __future__ import annotations

import sys

from groq_magic.practice.command import main
from tests.practice.server import FaultyServer

if __name__ == "__main__":
    sys.exit(main(server_type=FaultyServer))
