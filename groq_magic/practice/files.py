"""The files endpoint: the input files of batches, and their output files."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass, field

from groq_magic.practice.refusals import Refusal, bad_request, require
from groq_magic.practice.response import new_id

__all__ = ["BATCH", "Files", "StoredFile", "unknown_object"]

# The only purpose that is accepted.
BATCH = "batch"
_MOST_BYTES = 100 * 1024 * 1024
_BOUNDARY = re.compile(r'boundary="?([^";]+)')
_NAME = re.compile(rb'[ ;]name="([^"]*)"')
_FILENAME = re.compile(rb'filename="([^"]*)"')
_BLANK_LINE = b"\r\n\r\n"


@dataclass(frozen=True)
class StoredFile:
    """One file.

    Parameters
    ----------
    id, name : str
    purpose : str
        ``batch`` for input, ``batch_output`` for output.
    content : bytes
    created : int
        Seconds since 1970.
    """

    id: str
    name: str
    purpose: str
    content: bytes = field(repr=False)
    created: int

    def item(self) -> dict[str, object]:
        """Return the file's description, as the API gives it."""
        return {
            "id": self.id,
            "object": "file",
            "bytes": len(self.content),
            "created_at": self.created,
            "filename": self.name,
            "purpose": self.purpose,
        }


class Files:
    """The files of a practice server, in memory; any thread may use them."""

    def __init__(self) -> None:
        self._files: dict[str, StoredFile] = {}
        self._lock = threading.Lock()

    def upload(self, content_type: str, body: bytes) -> StoredFile:
        """Store the file in a multipart body.

        Raises
        ------
        Refusal
            400 for an invalid form, 413 for a file that is too large.
        """
        parts = _parts(content_type, body)
        require(b"file" in parts, "'file' : property 'file' is missing", "file")
        require(b"purpose" in parts, "'purpose' : property 'purpose' is missing", "purpose")
        head, content = parts[b"file"]
        purpose = parts[b"purpose"][1].decode("utf-8", "replace")
        require(purpose == BATCH, f"'purpose' : must be one of `{BATCH}`", "purpose")
        found = _FILENAME.search(head)
        name = found[1].decode("utf-8", "replace") if found else ""
        require(name.endswith(".jsonl"), "'file' : only .jsonl files are supported", "file")
        require(content.strip(), "'file' : the file is empty", "file")
        if len(content) > _MOST_BYTES:
            raise Refusal(413, "the file is larger than 100 MB", code="request_too_large")
        return self.add(name, content, purpose)

    def add(self, name: str, content: bytes, purpose: str = "batch_output") -> StoredFile:
        """Store a file."""
        stored = StoredFile(new_id("file"), name, purpose, content, int(time.time()))
        with self._lock:
            self._files[stored.id] = stored
        return stored

    def get(self, file_id: str) -> StoredFile:
        """Return a file.

        Raises
        ------
        Refusal
            404 for an unknown id.
        """
        with self._lock:
            stored = self._files.get(file_id)
        if stored is None:
            raise unknown_object("file", file_id)
        return stored

    def delete(self, file_id: str) -> dict[str, object]:
        """Delete a file, and return the API's confirmation.

        Raises
        ------
        Refusal
            404 for an unknown id.
        """
        with self._lock:
            stored = self._files.pop(file_id, None)
        if stored is None:
            raise unknown_object("file", file_id)
        return {"id": file_id, "object": "file", "deleted": True}

    def listed(self) -> list[dict[str, object]]:
        """Return the descriptions of all files."""
        with self._lock:
            return [stored.item() for stored in self._files.values()]


def unknown_object(kind: str, object_id: str) -> Refusal:
    """404: no such file or batch."""
    return Refusal(404, f"No such {kind}: {object_id}", code=f"{kind}_not_found")


def _parts(content_type: str, body: bytes) -> dict[bytes, tuple[bytes, bytes]]:
    """Return the headers and the content of each part of a form, by the part's name."""
    boundary = _BOUNDARY.search(content_type)
    if not content_type.startswith("multipart/form-data") or boundary is None:
        raise bad_request("a file is uploaded as multipart/form-data")
    mark = b"--" + boundary[1].encode()
    parts: dict[bytes, tuple[bytes, bytes]] = {}
    at = body.find(mark)
    while at >= 0:
        after = body.find(b"\r\n" + mark, at)
        blank = body.find(_BLANK_LINE, at, after if after >= 0 else None)
        if after < 0 or blank < 0:
            break
        head = body[at:blank]
        if name := _NAME.search(head):
            parts[name[1]] = (head, body[blank + len(_BLANK_LINE) : after])
        at = after + 2
    return parts
