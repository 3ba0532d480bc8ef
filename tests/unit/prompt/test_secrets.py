"""A secret is found in every form, whole or cut, and nothing else is changed."""

from __future__ import annotations

import base64
import csv
import html
import io
import json
import urllib.parse
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from groq_magic.assistant.cuts import cut_middle
from groq_magic.clipping import clip, cut, flat, safe_repr
from groq_magic.prompt.secrets import HIDDEN, Secrets, secrets_in
from tests.markers import examples
from tests.unit.prompt.summaries import summarise

if TYPE_CHECKING:
    from collections.abc import Callable

# Of letters that no form changes, so that any eight of them in a row are a leak.
plain = st.text(
    "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=16, max_size=80
)
# What quotes, escapes and encodings change.
awkward = st.text("'\"\\\n\t%+/&<> =\u00e9\u6f22abcXYZ019", min_size=8, max_size=30).filter(
    lambda text: len(text.strip()) >= 8
)
around = st.text(st.sampled_from("xyz '\"\\\n,[]{}"), max_size=12)


def quoted_csv(text: str) -> str:
    file = io.StringIO()
    csv.writer(file, quoting=csv.QUOTE_ALL).writerow([text])
    return file.getvalue()


def unchanged(text: str) -> str:
    return text


FORMS: dict[str, Callable[[str], str]] = {
    "as it is": unchanged,
    "repr": repr,
    "repr of a list": lambda text: repr([text]),
    "repr of a repr": lambda text: repr(repr(text)),
    "repr with both quotes": lambda text: repr(f"{text}'\""),
    "ascii": ascii,
    "json": json.dumps,
    "json in letters": lambda text: json.dumps(text, ensure_ascii=False),
    "json in json": lambda text: json.dumps(json.dumps({"k": text})),
    "url": urllib.parse.quote,
    "url, all": lambda text: urllib.parse.quote(text, safe=""),
    "url, form": urllib.parse.quote_plus,
    "html": html.escape,
    "csv": quoted_csv,
    "hex": lambda text: text.encode().hex(),
    "bytes": lambda text: repr(text.encode()),
    "dict": lambda text: repr({"k": {"n": text}}),
    "one line": lambda text: flat(text, 1_000),
}


def leaks(text: str, secret: str) -> list[str]:
    """Return what eight letters in a row of a secret stand in a text."""
    return [secret[i : i + 8] for i in range(len(secret) - 7) if secret[i : i + 8] in text]


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@given(secret=awkward, before=around, after=around)
@example(secret='"0000000', before='"', after="")
@settings(max_examples=examples(40))
def test_a_secret_is_hidden_in_every_form(
    form: Callable[[str], str], secret: str, before: str, after: str
) -> None:
    shown, secrets = form(secret), Secrets({"SOME_KEY": secret})
    hidden, names = secrets.found(f"{before}{shown}{after}")
    assert secret.strip() not in hidden
    assert HIDDEN in hidden
    assert set(names) == {"SOME_KEY"}
    # What is around the secret stays; a quote right beside it may belong to an escaped form.
    apart = secrets.hide(f"{before}|{shown}|{after}")
    assert apart.startswith(f"{before}|")
    assert apart.endswith(f"|{after}")


@given(secret=plain, user=st.text("abc:", max_size=9), urlsafe=st.booleans())
def test_a_secret_is_hidden_in_base64_at_any_place(secret: str, user: str, urlsafe: bool) -> None:  # noqa: FBT001 - generated
    encode = base64.urlsafe_b64encode if urlsafe else base64.b64encode
    text = encode(f"{user}{secret}{user}".encode()).decode()
    hidden = Secrets({"SOME_KEY": secret}).hide(text)
    assert HIDDEN in hidden
    assert len(hidden.replace(HIDDEN, "")) <= len(encode(f"{user}{user}xxxx".encode())) + 4


CUTS: dict[str, Callable[[str, int], str]] = {
    "clip": clip,
    "cut": cut,
    "flat": flat,
    "middle": cut_middle,
    "repr": safe_repr,
    "repr of a cut": lambda text, limit: repr(cut_middle(text, limit)),
    "repr of a clip": lambda text, limit: repr([clip(text, limit)]),
    "three dots": lambda text, limit: f"{text[:limit]}...",
    "three dots within": lambda text, limit: f"{text[:limit]}...{text[-limit:]}",
}


@pytest.mark.parametrize("shorten", CUTS.values(), ids=CUTS)
@given(secret=plain, before=around, after=around, limit=st.integers(12, 120))
def test_a_secret_that_is_cut_is_hidden(
    shorten: Callable[[str, int], str], secret: str, before: str, after: str, limit: int
) -> None:
    text = shorten(f"{before}{secret}{after}", limit)
    assert leaks(Secrets({"SOME_KEY": secret}).hide(text), secret) == []


@given(secret=plain, count=st.integers(1, 400), width=st.integers(0, 300))
def test_no_summary_of_a_value_shows_a_secret(secret: str, count: int, width: int) -> None:
    padded = "-" * width + secret + "-" * width
    values: list[Any] = [
        padded,
        [padded] * count,
        {padded: padded, "n": [{"deep": padded}] * count},
        {"env": {f"V{n}": padded for n in range(count)}},
        (padded, {padded}),
    ]
    hide = Secrets({"SOME_KEY": secret}).hide
    for value in values:
        assert leaks(hide(summarise(value)), secret) == []


def test_a_table_shows_no_secret() -> None:
    pandas = pytest.importorskip("pandas")
    secret = "Zx7Qm2Kp9Rt4Wv6Yb8Nc3Hd5Jf1Lg0Ts"
    for width in range(0, 120, 3):
        padded = "-" * width + secret + "-" * 40
        frame = pandas.DataFrame({"name": [padded] * 40, secret: range(40), "n": [1] * 40})
        for value in (frame, frame["name"], frame.columns, frame["name"].to_numpy()):
            text = Secrets({"SOME_KEY": secret}).hide(summarise(value))
            assert leaks(text, secret) == [], text


@given(st.lists(plain, min_size=1, max_size=4, unique=True), st.data())
def test_secrets_that_overlap_are_hidden_whole(secrets: list[str], data: st.DataObject) -> None:
    known = Secrets({f"KEY_{n}": secret for n, secret in enumerate(secrets)})
    text = ""
    for secret in data.draw(st.lists(st.sampled_from(secrets), max_size=6)):
        # As far as the end of the text is this one's beginning, they share it.
        shared = data.draw(st.integers(0, len(secret) - 1))
        same = next(n for n in range(shared, -1, -1) if text.endswith(secret[:n]))
        text += secret[same:] + data.draw(st.sampled_from(["", " "]))
    hidden = known.hide(text)
    assert not any(leaks(hidden, secret) for secret in secrets)


@given(st.text(max_size=200), plain)
def test_a_text_without_a_secret_is_the_same_object(text: str, secret: str) -> None:
    assume(secret not in text and not any(mark in text for mark in ("…", "...")))
    assert Secrets({"SOME_KEY": secret}).found(text) == (text, ())
    assert Secrets({"SOME_KEY": secret}).hide(text) is text


def test_each_place_is_counted_with_the_name_of_its_variable() -> None:
    known = Secrets({"A_KEY": "one-secret-1", "B_KEY": "two-secret-2"})
    text, names = known.found("a one-secret-1 b 'two-secret-2' one-secret-1")
    assert text == "a [key] b '[key]' [key]"
    assert names == ("A_KEY", "B_KEY", "A_KEY")


def test_each_line_of_a_key_in_lines_is_hidden() -> None:
    lines = ["-----BEGIN PRIVATE KEY-----", "MIIEvQIBADANBgkqhkiG9w0B", "AQEFAASCBKcwggSjAgEAAoIB"]
    known = Secrets({"TLS_KEY": "\n".join([*lines, "-----END PRIVATE KEY-----"])})
    for line in lines[1:]:
        assert known.hide(f"  {line}\n") == f"  {HIDDEN}\n"
    assert known.hide(lines[0]) == lines[0]


def test_a_request_is_hidden_in_its_texts_alone() -> None:
    known = Secrets({"MODEL_KEY": "some/model-name"})
    request = {
        "model": "some/model-name",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "some/model-name"}]}],
        "stop": ["some/model-name"],
        "stream": True,
    }
    assert known.hide_in_request(request) == {
        "model": "some/model-name",
        "messages": [{"role": "user", "content": [{"type": "text", "text": HIDDEN}]}],
        "stop": [HIDDEN],
        "stream": True,
    }


def test_the_repr_of_secrets_does_not_show_them() -> None:
    known = Secrets({"A_KEY": "one-secret-1"})
    assert "one-secret" not in repr(known)
    assert "A_KEY" in repr(known)


@pytest.mark.parametrize(
    "name",
    [
        "GROQ_API_KEY",
        "OPENAI_API_KEY",
        "AWS_ACCESS_KEY_ID",
        "HF_TOKEN",
        "hfToken",
        "apiKey",
        "github_pat",
        "PGPASSWORD",
        "MYSQL_PWD",
        "DB_PASSWD",
        "client-secret",
        "NPM_AUTHTOKEN",
        "DOCKER_AUTH_CONFIG",
        "GOOGLE_CREDENTIALS",
        "SSHPASS",
        "KEY2",
        "JUPYTER_TOKEN",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert secrets_in({name: "12345678"}) == {name: "12345678"}
    assert secrets_in({name: "1234567"}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("KEYBOARD_LAYOUT", "us-intl-with-dead-keys"),
        ("GIT_AUTHOR_NAME", "Ann Author the First"),
        ("TOKENIZERS_PARALLELISM", "false but longer"),
        ("MONKEY", "a long monkey"),
        ("PWD", "/home/ann/project"),
        ("OLDPWD", "/home/ann/project"),
        ("COMPASS", "north-north-west"),
        ("XAUTHORITY", "/run/user/1000/.Xauthority"),
        ("PATHS", "somewhere-over-there"),
        ("SSH_AUTH_SOCK", "/run/user/1000/ssh-XXXXabcd/agent.1234"),
        ("AWS_SHARED_CREDENTIALS_FILE", "~/.aws/credentials"),
        ("SSL_KEY_PATH", "./keys/server.pem"),
        ("GOOGLE_APPLICATION_CREDENTIALS", __file__),
    ],
)
def test_names_of_other_things(name: str, value: str) -> None:
    assert secrets_in({name: value}) == {}


def test_a_secret_that_looks_like_a_path_is_one() -> None:
    found = secrets_in({"A_TOKEN": "/8Jk2+made/up==", "B_KEY_FILE": "not-a-path-but-a-value"})
    assert set(found) == {"A_TOKEN", "B_KEY_FILE"}
