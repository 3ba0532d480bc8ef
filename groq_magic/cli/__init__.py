"""`groq-magic`: the demo, the doctor, and the practice server."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return its exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["practice"]:
        from groq_magic.practice.command import main as practice

        return practice(given[1:])
    options = _parser().parse_args(given)
    if options.command == "doctor":
        from groq_magic.cli.doctor import doctor

        return doctor()
    from groq_magic.cli.demo import demo

    return demo(options.folder, browser=options.browser, execute=options.execute)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="groq-magic", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser(
        "demo", help="open our notebooks in JupyterLab, in practice mode without a key"
    )
    demo.add_argument(
        "--folder",
        type=Path,
        default=Path("groq-magic-demo"),
        help="folder for the notebooks (default: %(default)s); existing files are kept",
    )
    demo.add_argument(
        "--no-browser", dest="browser", action="store_false", help="print the URL instead"
    )
    demo.add_argument(
        "--execute", action="store_true", help="run them without a browser, and save them as HTML"
    )
    commands.add_parser("doctor", help="show what works here: packages, key, connection")
    commands.add_parser("practice", help="run the practice server alone", add_help=False)
    return parser
