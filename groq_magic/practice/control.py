"""The endpoints under ``/practice``, by which tests set the scene and look at it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groq_magic.practice.fault import FaultError
from groq_magic.practice.refusals import bad_request, unknown_url
from groq_magic.practice.script import Script, ScriptError
from groq_magic.practice.wire import dumped, json_response

if TYPE_CHECKING:
    from groq_magic.practice.practice import Practice
    from groq_magic.practice.steps import Response

__all__ = ["CONTROL", "control"]

CONTROL = "/practice"


def control(practice: Practice, method: str, path: str, body: Any) -> Response:
    """Answer a request to a control endpoint.

    Raises
    ------
    Refusal
        400 for a fault or script that can't be read, 404 for another path.
    """
    told: object = {}
    match (method, path.removeprefix(CONTROL)):
        case ("POST", "/faults"):
            _set_faults(practice, body)
        case ("POST", "/script"):
            try:
                practice.script = Script.from_json(body)
            except ScriptError as error:
                raise bad_request(str(error)) from error
        case ("GET", "/requests"):
            told = [record.told() for record in practice.records]
        case ("DELETE", "/requests"):
            practice.records.clear()
        case ("DELETE", ""):
            practice.reset()
        case ("GET", "/quota"):
            told = practice.quota.state()
        case _:
            raise unknown_url(method, path)
    return json_response(200, dumped(told).encode("utf-8", "replace"), {})


def _set_faults(practice: Practice, body: Any) -> None:
    given = body if isinstance(body, dict) else {}
    chat, models = given.get("faults", []), given.get("models", [])
    if not all(isinstance(written, str) for written in [*chat, *models]):
        raise bad_request("faults and models are lists of strings")
    try:
        practice.set_faults(chat, models)
    except FaultError as error:
        raise bad_request(str(error)) from error
