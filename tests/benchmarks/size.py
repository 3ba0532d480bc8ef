"""The size of the package: statements of its Python, without practice/, and lines of JavaScript.

    python tests/benchmarks/size.py [CHECKOUT …]

A statement is a node of `ast.stmt`: neither comments nor line breaks count. Lines of JavaScript
are those that are not blank.
"""

from __future__ import annotations

import ast
import sys
from collections import Counter
from pathlib import Path

PACKAGE = "groq_magic"
APART = "practice"


def statements(file: Path) -> int:
    """Return how many statements a Python file has."""
    tree = ast.parse(file.read_text("utf-8"))
    return sum(isinstance(node, ast.stmt) for node in ast.walk(tree))


def lines(file: Path) -> int:
    """Return how many lines of a file are not blank."""
    return sum(bool(line.strip()) for line in file.read_text("utf-8").splitlines())


def main() -> None:
    for checkout in sys.argv[1:] or [str(Path(__file__).parents[2])]:
        package = Path(checkout) / PACKAGE
        sizes: Counter[str] = Counter()
        files: Counter[str] = Counter()
        for file in package.rglob("*.py"):
            folder = file.relative_to(package).parts[0]
            part = folder if folder != file.name else "(its own files)"
            sizes[part] += statements(file)
            files[part] += 1
        scripts = [file for end in ("js", "mjs") for file in package.rglob(f"*.{end}")]
        print(package.resolve())
        for part, size in sorted(sizes.items()):
            print(f"  {part:<16}{size:>7,} statements in {files[part]:>3} files")
        whole = [(sizes[part], files[part]) for part in sizes if part != APART]
        total, count = map(sum, zip(*whole, strict=True))
        print(f"  without {APART}: {total:,} statements in {count} files")
        print(f"  JavaScript: {sum(map(lines, scripts)):,} lines in {len(scripts)} files")


if __name__ == "__main__":
    main()
