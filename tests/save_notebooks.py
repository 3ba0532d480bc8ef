"""Run the shipped notebooks in practice mode, and save them with their outputs.

    python -m tests.save_notebooks [NAME …]

`tests/kernel/test_notebooks.py` compares what they show with what is saved in them.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def main() -> None:
    for path in sorted(NOTEBOOKS.glob("*.ipynb")):
        if sys.argv[1:] and path.stem not in sys.argv[1:]:
            continue
        notebook = nbformat.read(path, as_version=4)
        with tempfile.TemporaryDirectory() as folder:
            shutil.copytree(NOTEBOOKS / "data", Path(folder, "data"))
            own = {name: value for name, value in os.environ.items() if "GROQ" not in name}
            own |= {"GROQ_MAGIC_PRACTICE": "unpaced", "IPYTHONDIR": f"{folder}/ipython"}
            own["XDG_STATE_HOME"] = f"{folder}/state"  # with no answers in the journal
            client = NotebookClient(
                notebook,
                timeout=60,
                kernel_name="python3",
                resources={"metadata": {"path": folder}},
                record_timing=False,
            )
            client.execute(env=own)
        nbformat.write(notebook, path)


if __name__ == "__main__":
    main()
