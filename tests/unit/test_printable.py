"""Text that a terminal and a stream of any encoding can take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.errors import OptionError
from groq_magic.printable import encodable, printable
from groq_magic.views.plot import bar, columns

ANY_TEXT = st.text(st.characters(categories=("L", "N", "P", "S", "Z", "Cc", "Cf", "Cs")))


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("ascii", "a - b ... 2 x 3 ? ?"),
        ("cp1252", "a — b … 2 × 3 é ?"),
        ("utf-8", "a — b … 2 × 3 é 日"),
        (None, "a — b … 2 × 3 é 日"),
        ("no-such-encoding", "a — b … 2 × 3 é 日"),
    ],
)
def test_what_an_encoding_lacks_is_replaced(encoding: str | None, text: str) -> None:
    assert encodable("a — b … 2 × 3 é 日", encoding) == text


@given(ANY_TEXT, st.sampled_from(["ascii", "cp1252", "latin-1", "cp437", "utf-8", "shift_jis"]))
def test_any_text_can_be_written_then(text: str, encoding: str) -> None:
    encodable(printable(text), encoding).encode(encoding)


@given(ANY_TEXT)
def test_an_error_is_one_line_that_can_be_written(text: str) -> None:
    error = OptionError(text, text)
    assert len(str(error).splitlines()) <= 1
    str(error).encode()


def test_an_error_quotes_neither_a_key_nor_a_megabyte() -> None:
    error = OptionError("No `gsk_abcdefgh0123456789`. " + "x" * 10**6, "Try.")
    assert "[key]" in str(error)
    assert "gsk_" not in str(error)
    assert len(str(error)) < 1_100


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_plot_can_be_read_in_a_terminal_that_lacks_its_characters(encoding: str) -> None:
    assert encodable(bar(0.42, 10), encoding) == "####------"
    assert encodable(bar(0.45, 10), encoding) == "####+-----"
    assert [encodable(line, encoding) for line in columns([10, 60, None, 120], 2)] == [
        "120 |      #",
        "  0 |_ #   #",
    ]
