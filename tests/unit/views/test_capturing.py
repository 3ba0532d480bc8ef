from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import ipywidgets
import pytest

from groq_magic.views.live_output import capturing_outputs


def shell(parent: Any) -> Any:
    return SimpleNamespace(get_parent=lambda: parent)


RUNNING = shell({"header": {"msg_id": "this"}})


def test_outputs_that_were_entered_in_this_cell_capture_what_it_displays() -> None:
    outer, inner, other, idle = (ipywidgets.Output() for _ in range(4))
    outer.msg_id = inner.msg_id = "this"
    other.msg_id = "another"

    assert set(capturing_outputs(RUNNING)) == {outer.model_id, inner.model_id}
    inner.close()
    assert capturing_outputs(RUNNING) == (outer.model_id,)
    outer.msg_id = ""
    assert capturing_outputs(RUNNING) == ()
    for widget in (outer, other, idle):
        widget.close()


@pytest.mark.parametrize(
    "without", [None, SimpleNamespace(), shell(None), shell({}), shell({"header": {}})]
)
def test_nothing_captures_where_no_message_is_worked_on(without: Any) -> None:
    idle = ipywidgets.Output()
    assert capturing_outputs(without) == ()
    idle.close()
