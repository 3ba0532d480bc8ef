"""Every error is one line that says what happened and what to do."""

from __future__ import annotations

import pickle

from groq_magic import errors


def test_an_error_is_one_line() -> None:
    error = errors.PromptError("It\n  went  wrong.", "Do\nthis.")
    assert str(error) == "It went wrong. Do this."
    assert (error.happened, error.remedy) == ("It went wrong.", "Do this.")
    assert error._render_traceback_() == ["PromptError: It went wrong. Do this."]
    assert str(errors.PromptError("Alone.")) == "Alone."


def test_an_error_moves_no_terminal() -> None:
    error = errors.ServiceError("It \x1b[2J failed\x07.", "Wait\x9b.")
    assert str(error) == "It [2J failed. Wait."


def test_every_error_is_of_the_one_tree() -> None:
    found = [getattr(errors, name) for name in errors.__all__]
    assert all(issubclass(each, errors.GroqMagicError) for each in found)
    assert all(each.__doc__ for each in found)


def test_an_error_can_go_to_another_process() -> None:
    error = pickle.loads(pickle.dumps(errors.ModelError("Gone.", "Take another.")))  # noqa: S301 - our own bytes
    assert (error.happened, error.remedy) == ("Gone.", "Take another.")
