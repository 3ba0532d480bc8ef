from __future__ import annotations

from groq_magic.views.table import Table

TABLE = Table(("model", "tok/s"), (("`gpt-oss`", "1,012"), ("<b>", "8")), "Prices as of **today**.")


def test_plain_text_is_aligned_and_numbers_stand_to_the_right() -> None:
    assert TABLE.plain() == (
        "model    tok/s\n-------  -----\ngpt-oss  1,012\n<b>          8\n\nPrices as of **today**."
    )


def test_html_escapes_every_cell() -> None:
    assert '<td style="text-align: left">&lt;b&gt;</td>' in TABLE.html()
    assert "<code>gpt-oss</code>" in TABLE.html()


def test_columns_of_numbers_stand_to_the_right_in_html() -> None:
    assert '<th style="text-align: right">tok/s</th>' in TABLE.html()
    assert '<td style="text-align: right">1,012</td>' in TABLE.html()


def test_gaps_do_not_make_a_column_of_numbers_words() -> None:
    table = Table(("left",), (("1",), ("–",), ("",)))

    assert '<th style="text-align: right">' in table.html()


def test_a_table_without_rows_is_its_headings() -> None:
    assert Table(("model", "id"), ()).plain() == "model  id\n-----  --"


def test_a_verbatim_table_shows_backticks_and_tags_as_they_are() -> None:
    table = Table(("a`b`", "n"), (("`x` <b>|", "1"), ("שלום", "2")), is_verbatim=True)

    assert '<th dir="auto" style="text-align: start">a`b`</th>' in table.html()
    assert '<td dir="auto" style="text-align: start">`x` &lt;b&gt;|</td>' in table.html()
    assert "`x` <b>|  1" in table.plain()
    assert table.markdown().splitlines() == [
        "| a\\`b\\` | n |",
        "| --- | ---: |",
        "| \\`x\\` &lt;b&gt;\\| | 1 |",
        "| שלום | 2 |",
    ]


def test_a_long_cell_gets_room_in_a_verbatim_table() -> None:
    table = Table(("a",), (("word " * 8,),), is_verbatim=True)

    assert 'class="groq-long">word' in table.html()
