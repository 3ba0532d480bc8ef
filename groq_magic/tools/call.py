"""Make one tool call: the value or exception becomes text for the model."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.errors import PromptError
from groq_magic.tools.call_result import CallResult
from groq_magic.tools.function_tool import BadArgumentsError
from groq_magic.tools.time_limit import TimeLimitError, call_within

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable

    from groq_magic.tools.call_result import CallState
    from groq_magic.tools.sent_results import SentResults

__all__ = ["CallLimits", "make_call"]


@dataclass(frozen=True)
class CallLimits:
    """The limits of one call.

    Parameters
    ----------
    seconds : float
    characters : int
        The most that the result may have.
    stopped : threading.Event
        Set when the user stops the ask.
    """

    seconds: float
    characters: int
    stopped: threading.Event


def make_call(
    requested: CallResult, call: Callable[[], Any], sent: SentResults, limits: CallLimits
) -> CallResult:
    """Make a tool call, and return it with the result.

    Parameters
    ----------
    requested : CallResult
        The call as the model wrote it.
    call : callable
        Checks the arguments, and calls the user's function with them.
    sent : SentResults
    limits : CallLimits

    Raises
    ------
    KeyboardInterrupt
        When the user stops the ask.
    """
    began = time.monotonic()

    def ended(result: str, state: CallState = "returned") -> CallResult:
        seconds = time.monotonic() - began
        return CallResult(requested.name, requested.arguments, result, seconds, state)

    def text() -> str:
        return sent.of_value(call(), limits.characters)

    try:
        return ended(call_within(limits.seconds, text, limits.stopped))
    except TimeLimitError:
        return ended(f"The call took longer than {limits.seconds:g} s.", "failed")
    except PromptError as error:
        return ended(f"The result can't be sent: {error}", "failed")
    except BadArgumentsError as error:
        return ended(sent.of_bad_arguments(error), "failed")
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a user's function may raise anything, SystemExit too
        return ended(sent.of_exception(error), "failed")
