"""What stands in for characters that a terminal's encoding lacks."""

from __future__ import annotations

import pytest

from groq_magic.printable import encodable
from groq_magic.views.plot import bar, columns


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_plot_can_be_read_in_a_terminal_that_lacks_its_characters(encoding: str) -> None:
    assert encodable(bar(0.42, 10), encoding) == "####------"
    assert encodable(bar(0.45, 10), encoding) == "####+-----"
    assert [encodable(line, encoding) for line in columns([10, 60, None, 120], 2)] == [
        "120 |      #",
        "  0 |_ #   #",
    ]
