from __future__ import annotations

from ipykernel.comm.comm import BaseComm

from groq_magic.views.comm_routing import answer_while_busy


class Widget:
    def __init__(self, comm: object) -> None:
        self.comm = comm


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
