"""The parts of the session widget that use JupyterLab's internals, on a page without JupyterLab."""

from __future__ import annotations

from typing import Any

import pytest

from groq_magic.views.page_code import page_code

UNSHARED = ("editor.languages", "notebook.executionScheduled")
NAMES = "aroundMethod, missingOn, startHello, startOrder, startPromptCells"
# A notebook of two cells, and a kernel that keeps what it is sent.
START = """async (code) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  window.parts = await import(url);
  const signal = () => {
    const slots = new Set();
    return {
      connect: (slot) => slots.add(slot),
      disconnect: (slot) => slots.delete(slot),
      emit: (value) => slots.forEach((slot) => slot(null, value)),
      size: () => slots.size,
    };
  };
  const cell = (id) => ({
    id,
    type: "code",
    mimeType: "text/x-ipython",
    mimeTypeChanged: signal(),
    sharedModel: { getSource: () => "", setSource() {}, changed: signal() },
    outputs: { fromJSON() {}, set() {} },
  });
  class Kernel {
    sent = [];
    requestExecute(...given) {
      this.sent.push(given);
      return this;
    }
    id = "k";
    status = "idle";
    sendControlMessage() {}
  }
  window.cells = [cell("a"), cell("b")];
  window.cells.changed = signal();
  window.kernel = new Kernel();
  window.context = {
    path: "a.ipynb",
    save() {},
    saveState: signal(),
    model: { cells: window.cells, contentChanged: signal() },
    sessionContext: {
      session: { kernel: window.kernel },
      statusChanged: signal(),
      kernelChanged: signal(),
    },
  };
  window.received = [];
  window.model = {
    widget_manager: { context: window.context },
    get: () => "t",
    send: (content) => window.received.push(content),
  };
}"""


class Alone:
    def __init__(self, page: Any) -> None:
        self.page = page
        page.route("**/*", lambda route: route.fulfill(body="", content_type="text/html"))
        page.goto("http://127.0.0.1:9/")
        page.evaluate(START, f"{page_code('session')}\nexport {{ {NAMES} }};")

    def run(self, script: str) -> Any:
        return self.page.evaluate(f"() => {{ {script} }}")


@pytest.fixture
def alone(lone_page: Any) -> Alone:
    return Alone(lone_page)


ORDER = {"groqOrder": ["a", "b"], "groqNotebook": "a.ipynb", "groqToken": "t"}


def test_a_request_carries_the_cells_of_its_moment_and_keeps_what_others_pass(alone: Alone) -> None:
    sent = alone.run(
        """parts.startOrder(model);
        const same = kernel.requestExecute({ code: "1" }) === kernel;
        kernel.requestExecute({ code: "2" }, false, { cellId: "a", tags: ["x"] }, "more");
        cells.reverse();
        kernel.requestExecute({ code: "3" }, true, null);
        return [same, ...kernel.sent];"""
    )

    assert sent == [
        True,
        [{"code": "1"}, None, ORDER],
        [{"code": "2"}, False, {"cellId": "a", "tags": ["x"], **ORDER}, "more"],
        [{"code": "3"}, True, {**ORDER, "groqOrder": ["b", "a"]}],
    ]


def test_a_request_carries_the_source_of_the_cell_that_was_inserted_below(alone: Alone) -> None:
    assert alone.run(
        """const [, below] = [...cells];
        below.getMetadata = () => ({ next_of: "a" });
        below.sharedModel = { getSource: () => "x = 1" };
        parts.startOrder(model);
        kernel.requestExecute({ code: "1" }, true, { cellId: "a" });
        kernel.requestExecute({ code: "2" }, true, { cellId: "b" });
        below.getMetadata = () => ({ next_of: "z" });
        kernel.requestExecute({ code: "1" }, true, { cellId: "a" });
        return kernel.sent.map(([, , metadata]) => metadata.groqNext ?? "");"""
    ) == ["x = 1", "", ""]


def test_ending_leaves_the_connection_as_it_was(alone: Alone) -> None:
    assert alone.run(
        """const own = kernel.requestExecute;
        const [one, two] = [parts.startOrder(model), parts.startOrder(model)];
        const changed = kernel.requestExecute;
        const again = [parts.startOrder(model), parts.startOrder(model)];
        const isOnce = changed === kernel.requestExecute;
        one(); two(); one();
        const isStillOurs = changed === kernel.requestExecute;
        for (const end of again) end();
        return [isOnce, isStillOurs, Object.hasOwn(kernel, "requestExecute"),
          kernel.requestExecute === own];"""
    ) == [True, True, False, True]


def test_ours_only_passes_on_where_another_has_changed_the_method_after_us(alone: Alone) -> None:
    assert alone.run(
        """const end = parts.startOrder(model);
        const ours = kernel.requestExecute;
        kernel.requestExecute = function (content, dispose, metadata) {
          return ours.call(this, content, dispose, { ...metadata, theirs: 1 });
        };
        const theirs = kernel.requestExecute;
        kernel.requestExecute("1");
        end();
        kernel.requestExecute("2", true, { cellId: "a" });
        parts.startOrder(model)();
        return [kernel.requestExecute === theirs, ...kernel.sent];"""
    ) == [
        True,
        ["1", None, {"theirs": 1, **ORDER}],
        ["2", True, {"cellId": "a", "theirs": 1}],
    ]


REPORTED = {"cells": {"order": ["a", "b"], "notebook": "a.ipynb"}}


def test_a_page_reports_its_cells_when_they_change_and_the_kernel_is_idle(alone: Alone) -> None:
    reported = alone.run(
        """const { statusChanged } = context.sessionContext;
        const settled = () => new Promise((done) => setTimeout(done, 400));
        const end = parts.startOrder(model);
        return (async () => {
          await settled();
          const first = [...received];
          for (let times = 0; times < 5; times += 1) cells.changed.emit();
          statusChanged.emit("idle");
          await settled();
          const same = received.length;
          kernel.status = "busy";
          cells.reverse();
          cells.changed.emit();
          await settled();
          const busy = received.length;
          kernel.status = "idle";
          statusChanged.emit("idle");
          await settled();
          const idle = received.slice(1);
          cells.reverse();
          cells.changed.emit();
          kernel.requestExecute({ code: "1" });
          await settled();
          const asked = received.length;
          end();
          cells.reverse();
          cells.changed.emit();
          await settled();
          return { first, same, busy, idle, asked, ended: received.length,
            left: cells.changed.size() + statusChanged.size() };
        })();"""
    )

    after = {"cells": {"order": ["b", "a"], "notebook": "a.ipynb"}}
    counts = {"same": 1, "busy": 1, "asked": 2, "ended": 2, "left": 0}
    assert reported == {"first": [REPORTED], "idle": [after], **counts}


@pytest.mark.parametrize(
    "fault",
    [
        "context.model = null",
        "Object.defineProperty(context, 'model', { get() { throw Error('gone'); } })",
        "cells[Symbol.iterator] = () => { throw Error('gone'); }",
        "Object.defineProperty(cells[1], 'id', { get() { throw Error('gone'); } })",
    ],
)
def test_a_page_that_cant_list_its_cells_sends_requests_as_they_were(
    alone: Alone, fault: str
) -> None:
    assert alone.run(
        f"""parts.startOrder(model);
        {fault};
        kernel.requestExecute("1", true, {{ cellId: "a" }});
        return kernel.sent;"""
    ) == [["1", True, {"cellId": "a"}]]


@pytest.mark.parametrize(
    ("fault", "name"),
    [
        ("kernel.requestExecute = undefined", "kernel.requestExecute"),
        ("kernel.sendControlMessage = 1", "kernel.sendControlMessage"),
        ("cells[0].outputs.fromJSON = null", "outputs.fromJSON"),
        ("cells[0].sharedModel.getSource = undefined", "sharedModel.getSource"),
        ("cells[0].sharedModel.changed = {}", "sharedModel.changed"),
        ("cells[0].mimeTypeChanged = undefined", "cell.mimeType"),
        ("cells.changed = undefined", "cells.changed"),
        ("cells[1].id = 7", "notebook.cells"),
        ("cells[Symbol.iterator] = undefined", "notebook.cells"),
    ],
)
def test_a_missing_internal_is_reported_by_name_and_nothing_raises(
    alone: Alone, fault: str, name: str
) -> None:
    received = alone.run(
        f"""{fault};
        const {{ startOrder, startPromptCells, startHello }} = parts;
        const ends = [startOrder(model), startPromptCells(model), startHello(model)];
        return new Promise((done) => setTimeout(() => {{
          for (const end of ends) end();
          done(received);
        }}, 100));"""
    )

    # No modules are shared here either.
    (hello,) = (each["hello"] for each in received)
    assert hello == {"notebook": "a.ipynb", "missing": [name, *UNSHARED]}


@pytest.mark.parametrize(
    ("context", "missing"),
    [
        ("undefined", ["notebook"]),
        ("null", ["notebook"]),
        ("{}", None),
        ("{ sessionContext: null }", None),
        ("{ model: null, sessionContext: { session: null } }", None),
    ],
)
def test_a_page_without_a_notebook_reports_it_and_nothing_raises(
    alone: Alone, context: str, missing: list[str] | None
) -> None:
    received = alone.run(
        f"""model.widget_manager.context = {context};
        for (const start of ["startOrder", "startPromptCells", "startHello"]) parts[start](model);
        return new Promise((done) => setTimeout(() => done(received), 100));"""
    )

    (hello,) = (each["hello"] for each in received)
    assert hello["missing"] == missing or (
        missing is None
        and {"notebook.cells", "kernel.requestExecute", "editor.languages"} <= {*hello["missing"]}
    )


def test_a_console_misses_nothing(alone: Alone) -> None:
    assert (
        alone.run(
            """document.body.innerHTML = '<div class="jp-CodeConsole"></div>';
        return parts.missingOn(undefined);"""
        )
        == []
    )


def test_a_thousand_cells_cost_a_request_next_to_nothing(alone: Alone) -> None:
    milliseconds = alone.run(
        """const cell = cells[0];
        for (let n = 0; n < 1000; n++) cells.push({ ...cell, id: `cell-${n}` });
        parts.startOrder(model);
        const began = performance.now();
        for (let n = 0; n < 100; n++) kernel.requestExecute("1");
        return (performance.now() - began) / 100;"""
    )

    assert milliseconds < 5
