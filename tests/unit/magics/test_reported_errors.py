"""Errors as users get them: announced to screen readers, with no secret."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from groq_magic.errors import PromptError
from groq_magic.magics.reported_errors import reporting_errors


class Secrets:
    """Secrets of which "1234" is one."""

    def hide(self, text: str) -> str:
        return text.replace("1234", "[key]")


def fail() -> None:
    raise PromptError("1234 can't be sent.", "Use `%groq_key`.")


def failing_session(live: Any) -> Any:
    return lambda: SimpleNamespace(secrets=Secrets, live=live)


def test_an_error_is_announced_as_it_is_raised() -> None:
    announced: list[str] = []
    live = SimpleNamespace(announce_error=announced.append)
    with pytest.raises(PromptError, match=r"\[key\] can't be sent"):
        reporting_errors(failing_session(live), fail)
    assert announced == ["[key] can't be sent. Use %groq_key."]


@pytest.mark.parametrize("live", [None, SimpleNamespace()])
def test_without_a_page_the_error_is_raised_all_the_same(live: Any) -> None:
    with pytest.raises(PromptError, match="can't be sent"):
        reporting_errors(failing_session(live), fail)
