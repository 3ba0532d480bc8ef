"""How to keep a key, and whether git would take it along."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from groq_magic.api.key import KEY_NAME

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["keeping"]

_GIT_WITHIN = 2.0
_IGNORED, _NOT_IGNORED = 0, 1


def keeping(folder: Path | None) -> str:
    """Return, as one phrase, how to keep a key, and whether git ignores the file.

    Parameters
    ----------
    folder : Path or None
        Where the search for a `.env` begins: the notebook's folder; None where it is gone.
    """
    how = f"to keep it, write `{KEY_NAME}=…` into a file `.env` in this folder"
    ignored = _is_ignored(folder) if folder is not None else None
    if ignored is None:
        return how
    if ignored:
        return f"{how}, which git ignores"
    return f"{how}; add `.env` to `.gitignore` first, or git takes the key along"


def _is_ignored(folder: Path) -> bool | None:
    """Ask git; None where there is no git, or no repository."""
    git = shutil.which("git")
    if git is None:
        return None
    # A repository's own settings name programs that git would run.
    command = [git, "-c", "core.fsmonitor=false", "check-ignore", "--quiet", ".env"]
    try:
        done = subprocess.run(  # noqa: S603 - nothing of it comes from outside
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_GIT_WITHIN,
            check=False,  # its status is the answer
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return {_IGNORED: True, _NOT_IGNORED: False}.get(done.returncode)
