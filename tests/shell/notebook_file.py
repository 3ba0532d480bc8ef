"""Notebook files as front ends write them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

__all__ = ["Notebook", "code_cell", "write_notebook"]


def code_cell(
    name: str, source: str, outputs: Iterable[Mapping[str, Any]] = (), count: int | None = None
) -> dict[str, Any]:
    """A cell with its displayed bundles; texts are lists of lines, as in a file."""
    return {
        "cell_type": "code",
        "id": name,
        "source": source.splitlines(keepends=True),
        "metadata": {},
        "execution_count": count,
        "outputs": [
            {
                "output_type": "display_data",
                "data": {kind: text.splitlines(keepends=True) for kind, text in o["data"].items()},
                "metadata": o["metadata"],
            }
            for o in outputs
        ],
    }


def write_notebook(path: Path, cells: Iterable[dict[str, Any]], *, ids: bool = True) -> None:
    """Write a file of nbformat 4.5, or of 4.4, which knows no cell ids."""
    kept = [cell if ids else {k: v for k, v in cell.items() if k != "id"} for cell in cells]
    document = {"cells": kept, "metadata": {}, "nbformat": 4, "nbformat_minor": 4 + ids}
    path.write_text(json.dumps(document), "utf-8")


class Notebook:
    """A notebook file that is run, saved and opened again."""

    def __init__(self, path: Path, cells: Mapping[str, str]) -> None:
        self.path = path
        self.cells = dict(cells)
        self.outputs: dict[str, list[dict[str, Any]]] = {}

    def run(self, cells: Any, names: tuple[str, ...] = (), *, ids: bool = True) -> None:
        """Run all cells (or some), as Run All does."""
        for name in names or self.cells:
            if name != "load":
                ran = cells.fine(self.cells[name], name if ids else None)
                self.outputs[name] = ran.outputs

    def save(self) -> None:
        cells = (
            code_cell(name, source, self.outputs.get(name, ()), number)
            for number, (name, source) in enumerate(self.cells.items(), 1)
        )
        write_notebook(self.path, cells)

    def texts(self) -> dict[str, list[str]]:
        """Return each cell's answers."""
        return {n: [o["data"]["text/plain"] for o in outs] for n, outs in self.outputs.items()}
