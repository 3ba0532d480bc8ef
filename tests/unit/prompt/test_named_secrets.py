"""Values that are withheld by their names."""

from __future__ import annotations

import time
from collections import namedtuple
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.prompt.named_secrets import NamedSecrets, is_secret, is_secret_name

VALUE = "hunter-22-x"
Login = namedtuple("Login", "user password")  # noqa: PYI024 - as users write it


@dataclass
class Account:
    user: str
    api_key: str


class Slots:
    __slots__ = ("secret",)

    def __init__(self) -> None:
        self.secret = VALUE


class Hostile:
    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)


@pytest.mark.parametrize(
    "name",
    [
        *("password", "db_password", "DB_PASSWD", "token", "access_token", "accessToken"),
        *("X-Auth-Token", "secret", "client_secret", "api_key", "apiKey", "API_KEY"),
        *("Authorization", "credentials"),
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("key", "keys", "tokens", "tokenizer", "token_count", "password_column", "primary_key"),
        *("author", "passed", "monkey", "secretary_name", "token_id"),
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "values",
    [
        {"password": VALUE},
        {"settings": {"db": {"password": VALUE}}},
        {"headers": {"Authorization": f"Bearer {VALUE}"}},
        {"account": Account("ann", VALUE)},
        {"login": Login("ann", VALUE)},
        {"slots": Slots()},
        {"rows": [{"token": VALUE}]},
        {"frame": pd.DataFrame({"api_key": [VALUE], "n": [1]})},
        {"secrets": ["other-value", VALUE]},
        {"password": VALUE.encode()},
        {"address": f"postgres://ann:{VALUE}@host/db"},
    ],
    ids=lambda values: next(iter(values)),
)
def test_a_value_is_withheld_wherever_it_stands(values: dict[str, Any]) -> None:
    secrets = NamedSecrets()
    secrets.add_values({"odd": Hostile(), **values})
    assert secrets.hide(f"refused: '{VALUE}' for ann") == "refused: '[key]' for ann"


@pytest.mark.parametrize(
    "code",
    [
        f"connect(password='{VALUE}')",
        f'db_password = "{VALUE}"',
        f'secret: str = "{VALUE}"',
        f'settings = {{"api_key": "{VALUE}"}}',
        f'os.environ["MY_TOKEN"] = "{VALUE}"',
        f"token = f'{VALUE}' +",
    ],
)
def test_values_that_code_assigns_to_secret_names_are_withheld(code: str) -> None:
    secrets = NamedSecrets()
    secrets.add_code(code)
    assert VALUE not in secrets.hide(code)
    assert "[key]" in secrets.hide(code)


@pytest.mark.parametrize(
    "unit", ["a", "a-", " ", "a ", "a: ", "a = ", "password: a ", "password = '", "\\'", "x['"]
)
def test_long_code_costs_little_more_than_other_code(unit: str) -> None:
    def seconds(source: str) -> float:
        begin = time.thread_time()
        NamedSecrets().add_code(source)
        return time.thread_time() - begin

    # Enough to show the difference, and so little that even a quadratic pattern ends in seconds.
    size = 5_000
    usual = "prices = [round(price, 2) for price in prices]\n"
    usual *= size // len(usual)
    # A quadratic pattern takes 100 times as long and more; this one takes 3 times at most.
    limit = 50 * min(seconds(usual) for _ in range(3))
    assert any(seconds(unit * (size // len(unit))) <= limit for _ in range(5))


def test_words_are_no_secrets() -> None:
    secrets = NamedSecrets()
    secrets.add_values({"token": "the", "password": "password", "pwd": "mountains"})
    text = "the password of the mountains"
    assert secrets.hide(text) == text
    assert not is_secret("token", "word")
    assert is_secret("settings['password']", "other")
    assert is_secret("self.credentials (in connect)", object())


def test_values_are_not_kept_alive() -> None:
    secrets = NamedSecrets()
    secrets.add_values({"settings": {"password": VALUE}})
    assert not secrets._visited


@given(st.text(min_size=4, max_size=30).filter(lambda text: text.strip() == text), st.text())
def test_no_text_shows_a_secret_that_it_contains(value: str, around: str) -> None:
    secrets = NamedSecrets()
    secrets.add_values({"my_secret": value})
    hidden = secrets.hide(f"{around} {value} {around}")
    assert value not in hidden.replace("[key]", "\0") or value.casefold() in "my_secret"
