from __future__ import annotations

from types import SimpleNamespace

import pytest
from ipykernel.comm.comm import BaseComm
from ipykernel.kernelbase import Kernel

from groq_magic.views.comm_routing import answer_while_busy, ignore_on_control, receive_on_control


class Widget:
    def __init__(self, comm: object) -> None:
        self.comm = comm


@pytest.mark.skipif(
    not hasattr(BaseComm, "_reply_subshell_for"), reason="this ipykernel routes no replies"
)
def test_messages_stay_on_the_shell_that_lab_sent_them_to() -> None:
    comm = BaseComm(target_name="test", primary=False)
    comm._reply_subshell_id = "the busy one"
    answer_while_busy(Widget(comm))

    assert comm._reply_subshell_for({}, "a subshell") == "a subshell"


def test_a_kernel_without_that_routing_is_left_alone() -> None:
    plain = object()
    answer_while_busy(Widget(plain))
    answer_while_busy(Widget(None))

    assert not hasattr(plain, "_reply_subshell_for")


def test_a_message_on_the_control_channel_is_received_until_it_is_ignored() -> None:
    kernel = Kernel()
    own = dict(kernel.control_handlers)
    widget = Widget(SimpleNamespace(kernel=kernel))
    received: list[object] = []
    receive_on_control(widget, "answer-1", received.append)

    # As ipykernel calls it.
    kernel.control_handlers["answer-1"](None, [], {"content": {"stop": True}})
    ignore_on_control(widget, "answer-1")
    ignore_on_control(widget, "answer-1")

    assert received == [{"stop": True}]
    assert kernel.control_handlers == own


def test_a_kernel_of_another_make_has_no_control_channel_for_us() -> None:
    received: list[object] = []
    for comm in (None, object(), SimpleNamespace(kernel=None), SimpleNamespace(kernel=object())):
        receive_on_control(Widget(comm), "answer-1", received.append)
        ignore_on_control(Widget(comm), "answer-1")
    assert received == []
