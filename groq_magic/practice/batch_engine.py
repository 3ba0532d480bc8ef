"""The batch engine of the practice server: its routes for files and batches."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from groq_magic.practice.batches import Batches, Outcome
from groq_magic.practice.files import Files
from groq_magic.practice.refusals import Refusal, parsed_json, unknown_url
from groq_magic.practice.response import Chunk, Response, json_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from groq_magic.practice.chat import Chat

__all__ = ["BATCHES", "FILES", "BatchEngine"]

FILES = "/openai/v1/files"
BATCHES = "/openai/v1/batches"
_CHUNK = 64 * 1024


class BatchEngine:
    """The files and the batches of a practice server.

    Parameters
    ----------
    chat : callable
        Returns the chat endpoint that answers the requests of batches.
    is_in_plan : bool
        Whether the keys' plan includes the batch engine.
    """

    def __init__(self, chat: Callable[[], Chat], *, is_in_plan: bool) -> None:
        self.files = Files()
        self.batches = Batches(self.files, lambda body: _outcome(chat(), body))
        self._is_in_plan = is_in_plan

    def respond(
        self, method: str, path: str, query: str, content_type: str, body: bytes
    ) -> Response:
        """Return the response to a request.

        Raises
        ------
        Refusal
            As the API refuses.
        """
        if not self._is_in_plan:
            message = "Batch processing is not available for your plan. Please upgrade your plan."
            raise Refusal(403, message, type="permissions_error", code="not_available_for_plan")
        endpoint, *rest = path.removeprefix("/openai/v1/").split("/")
        if endpoint == "files":
            return self._files(method, path, rest, content_type, body)
        match (method, rest):
            case ("POST", []):
                result = self.batches.create(parsed_json(body))
            case ("GET", []):
                result = self.batches.listed(parse_qs(query).get("cursor", [""])[0])
            case ("GET", [name]):
                result = self.batches.retrieve(name)
            case ("POST", [name, "cancel"]):
                result = self.batches.cancel(name)
            case _:
                raise unknown_url(method, path)
        return json_response(200, result)

    def _files(
        self, method: str, path: str, rest: list[str], content_type: str, body: bytes
    ) -> Response:
        match (method, rest):
            case ("POST", []):
                result = self.files.upload(content_type, body).item()
            case ("GET", []):
                result = {"object": "list", "data": self.files.listed()}
            case ("GET", [name]):
                result = self.files.get(name).item()
            case ("GET", [name, "content"]):
                return _content(self.files.get(name).content)
            case ("DELETE", [name]):
                result = self.files.delete(name)
            case _:
                raise unknown_url(method, path)
        return json_response(200, result)


def _outcome(chat: Chat, body: Mapping[str, Any]) -> Outcome:
    """Answer one request of a batch, without the limits of chat requests."""
    try:
        scripted, answer = chat.answer_in_batch(body)
    except Refusal as refusal:
        return Outcome(refusal.status, {"error": refusal.error()}, "req_practice")
    if scripted == "failed":
        failure = Refusal(500, "the model failed", "internal_server_error")
        return Outcome(failure.status, {"error": failure.error()}, answer.request_id)
    if scripted:
        return Outcome(0, waits=scripted == "waiting")
    return Outcome(200, answer.document(), answer.request_id)


def _content(content: bytes) -> Response:
    headers = {"Content-Type": "application/octet-stream", "Content-Length": str(len(content))}
    starts = range(0, len(content), _CHUNK)
    return Response(200, headers, (Chunk(content[start : start + _CHUNK]) for start in starts))
