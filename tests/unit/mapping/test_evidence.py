"""Quotes of an answer looked up in the text of its row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.mapping.results.evidence import FoundQuote, find_quote


def found(quote: str, text: str) -> FoundQuote:
    return find_quote(quote, [("text", text)])


@pytest.mark.parametrize(
    ("quote", "text", "at"),
    [
        ("was late", "It was late.", 3),
        ("was late", "It was \n\t late.", 3),
        ("  was late \n", "It was late.", 3),
        ("was late", "It was\xa0late.", 3),
        ("the examination", "In the exam-\n  ination", 3),
        ("the well-known", "In the well-\nknown", 3),
        ("the examination", "In the exam\xadination", 3),
        ("examination", "exami\u200bnation", 0),
        ("five fish", "xx \ufb01ve \ufb01sh", 3),
        ("\ufb01ve", "xx five", 3),
        ("it's", "so it\u2019s", 3),
        ('say "no"', "I say \u201cno\u201d", 2),
        ("1990-1995", "in 1990\u20131995", 3),
        ("wait...", "so wait\u2026", 3),
        ("caf\u00e9", "un cafe\u0301", 3),
        ('"was late"', "It was late.", 3),
        ("\u201ewas late\u201c", "It was late.", 3),
        ("`a`", "see `a`", 4),
        ("x", "x" * 3, 0),
    ],
)
def test_a_quote_is_found_at_its_offset(quote: str, text: str, at: int) -> None:
    assert found(quote, text) == FoundQuote(is_found=True, at=at, name="text")


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ("", "It was late."),
        (" \n", "It was late."),
        ('""', "It was late."),
        ('" "', 'It was "x" late.'),
        ("-", ""),
        ("was very late", "It was late."),
        ("It … late", "It was late."),
        ("it was", "It was late."),
        ("was late!", "It was late."),
        ("resign", "re-sign"),
        ("a b", "ab"),
    ],
)
def test_an_invented_quote_is_not_found(quote: str, text: str) -> None:
    assert found(quote, text) == FoundQuote(is_found=False)


def test_the_column_of_a_quote_is_named() -> None:
    texts = [("title", "Late again"), ("body", "It was late")]
    assert find_quote("was late", texts) == FoundQuote(is_found=True, at=3, name="body")


TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT, TEXT.filter(str.strip), TEXT)
def test_any_copied_text_is_found(before: str, quote: str, after: str) -> None:
    text = before + quote + after
    got = found(quote, text)
    if got.at is None:
        # Of blanks or of what has no width there is nothing to find.
        assert not got.is_found
        assert not any(each.isalnum() for each in quote)
    else:
        assert 0 <= got.at <= len(before) + len(quote)
