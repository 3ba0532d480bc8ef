"""Which cell, which file, which front end."""

from __future__ import annotations

import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.errors import NotebookError
from groq_magic.page.cell import TOKEN, RequestCells, cell_id, request_cells
from groq_magic.page.front_end import front_end, has_frames, has_input
from groq_magic.page.notebook_file import CellIds, notebook_path, own_notebook, read_notebook


def shell(parent: Any = None, *, kernel: Any = None, **names: Any) -> Any:
    return SimpleNamespace(get_parent=lambda: parent, kernel=kernel, user_ns=names)


@pytest.mark.parametrize(
    ("parent", "expected"),
    [
        ({"metadata": {"cellId": "a"}}, "a"),
        ({"metadata": {"colab": {"cell_id": "b"}}}, "b"),
        ({"metadata": {"cellId": ""}}, None),
        ({"metadata": {"cellId": 3}}, None),
        ({"metadata": {}}, None),
        ({"metadata": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_cells_id_is_where_front_ends_put_it(parent: Any, expected: Any) -> None:
    assert cell_id(shell(parent)) == expected


VS_CODE = "vscode-notebook-cell:/notebooks/plan%20b.ipynb#W0sZmlsZQ%3D%3D"


def test_an_id_that_is_a_uri_is_replaced_by_its_hash() -> None:
    first = cell_id(shell({"metadata": {"cellId": VS_CODE}}))
    again = cell_id(shell({"metadata": {"cellId": VS_CODE}}))
    other = cell_id(shell({"metadata": {"cellId": VS_CODE.replace("W0", "W1")}}))

    assert first is not None
    assert re.fullmatch("[0-9a-f]{16}", first)
    assert first == again
    assert first != other


@given(st.text(min_size=1))
def test_every_id_has_the_form_of_nbformats_ids(sent: str) -> None:
    found = cell_id(shell({"metadata": {"cellId": sent}}))

    assert found is not None
    assert re.fullmatch("[A-Za-z0-9_-]{1,64}", found)
    assert (found == sent) == bool(re.fullmatch("[A-Za-z0-9_-]{1,64}", sent))


def test_a_terminal_has_no_cells() -> None:
    assert cell_id(SimpleNamespace()) is None


@pytest.mark.parametrize(
    ("kernel", "cell", "expected"),
    [
        (None, None, "terminal"),
        (None, "a", "terminal"),
        (object(), None, "static"),
        (object(), "a", "widgets"),
    ],
)
def test_the_front_end_is_known_by_kernel_and_cell(kernel: Any, cell: Any, expected: Any) -> None:
    parent = {"metadata": {"cellId": cell} if cell else {}}
    assert front_end(shell(parent, kernel=kernel)) == expected


def test_a_widgets_callback_has_no_cell_but_can_show_widgets() -> None:
    parent = {"header": {"msg_type": "comm_msg"}, "metadata": {}}
    assert front_end(shell(parent, kernel=object())) == "widgets"
    parent = {"header": {"msg_type": "execute_request"}, "metadata": {}}
    assert front_end(shell(parent, kernel=object())) == "static"


@pytest.mark.parametrize("allowed", [True, False])
def test_a_kernel_says_whether_it_can_ask(allowed: bool) -> None:  # noqa: FBT001 - a case
    assert has_input(shell(kernel=SimpleNamespace(_allow_stdin=allowed))) is allowed


def test_a_terminal_can_ask_where_someone_sits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    assert has_input(shell()) is True
    monkeypatch.setattr("sys.stdin", None)
    assert has_input(shell()) is False


@pytest.mark.parametrize(
    ("environment", "names", "expected"),
    [
        ("/a/b.ipynb", {}, "/a/b.ipynb"),
        ("/a/b.ipynb", {"__vsc_ipynb_file__": "/c.ipynb"}, "/c.ipynb"),
        ("3fa9-a-session-id", {}, None),
        ("", {}, None),
        ("/a/b.ipynb", {"__vsc_ipynb_file__": 3}, None),
    ],
)
def test_the_notebooks_file(
    monkeypatch: pytest.MonkeyPatch, environment: Any, names: Any, expected: Any
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", environment)
    assert notebook_path(shell(**names)) == (Path(expected) if expected else None)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"cells": 3}', "[" * 100_000, "\xff"])
def test_a_file_that_is_no_notebook_is_one_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "talk.ipynb"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(NotebookError, match=r"talk\.ipynb can't be read"):
        read_notebook(path)


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "talk.ipynb"
    path.write_text('{"cells": []}', "utf-8-sig")
    assert read_notebook(path) == {"cells": []}


def test_a_file_that_is_missing_or_a_folder_is_said_to_be(tmp_path: Path) -> None:
    with pytest.raises(NotebookError, match=r"talk\.ipynb isn't there\. Look again\."):
        read_notebook(tmp_path / "talk.ipynb", "Look again.")
    with pytest.raises(NotebookError, match=r"^\. is a folder"):
        read_notebook(Path())


def test_a_file_without_cell_ids_says_so_where_they_are_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "talk.ipynb"
    path.write_text(json.dumps({"cells": [{"cell_type": "code"}]}), "utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    with pytest.raises(NotebookError, match="has no cell ids"):
        own_notebook(shell(), {"a"})
    assert own_notebook(shell(), {"a"}, known_by_ids=False)["cells"]


def test_a_file_is_ours_when_it_holds_a_cell_that_ran_here(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "talk.ipynb"
    path.write_text(json.dumps({"cells": [{"id": "a"}, "odd", {"id": ["b"]}, {"id": 3}]}), "utf-8")
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))
    assert own_notebook(shell(), {"a"})["cells"][0] == {"id": "a"}
    with pytest.raises(NotebookError, match="does not contain the cells"):
        own_notebook(shell(), {"z"})
    with pytest.raises(NotebookError, match="does not contain the cells"):
        own_notebook(shell(), set())


def test_the_cells_ids_are_read_again_only_when_the_file_has_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "talk.ipynb"
    shell, known = SimpleNamespace(user_ns={"__vsc_ipynb_file__": str(path)}), CellIds()
    reads: list[Path] = []

    def read(path: Path) -> dict[str, Any]:
        reads.append(path)
        return read_notebook(path)

    monkeypatch.setattr("groq_magic.page.notebook_file.read_notebook", read)
    assert known.of(shell, "a") == ((), 0.0)
    path.write_text(json.dumps({"cells": [{"id": "a"}, {"id": "b"}]}), "utf-8")
    assert known.of(shell, "a") == (("a", "b"), path.stat().st_mtime)
    assert known.of(shell, "a")[0] == ("a", "b")
    assert known.of(shell, "elsewhere")[0] == ()
    assert len(reads) == 1
    path.write_text(json.dumps({"cells": [{"id": "c"}, {"id": "b"}, {"id": "a"}]}), "utf-8")
    assert known.of(shell, "a")[0] == ("c", "b", "a")
    path.write_text("{ no JSON", "utf-8")
    assert known.of(shell, "a")[0] == ()


@pytest.mark.parametrize(
    ("sent", "order"),
    [
        (["a", "b"], ("a", "b")),
        (["a", "b", "a"], ("a", "b")),
        ([], ()),
        ("ab", ()),
        ({"a": 1}, ()),
        (["a", 3], ()),
        (["a", None], ()),
        (["a", ""], ()),
        (["a", ["b"]], ()),
        (["x" * 5_000], ()),
        ([str(n) for n in range(100_000)], ()),
    ],
)
def test_a_malformed_or_endless_list_of_cells_is_ignored(sent: Any, order: Any) -> None:
    metadata = {"groqOrder": sent, "groqToken": TOKEN, "deletedCells": sent}
    found = request_cells(shell({"metadata": metadata}))
    assert (found.order, found.deleted) == (order, order)


@pytest.mark.parametrize("token", [{}, {"groqToken": "0123456789abcdef"}, {"groqToken": None}])
def test_a_list_in_a_notebooks_own_metadata_is_ignored(token: dict[str, Any]) -> None:
    forged = {"groqOrder": ["a"], "groqNotebook": "a.ipynb", **token}
    assert request_cells(shell({"metadata": forged})) == RequestCells()


def test_a_listed_cell_is_known_by_the_id_that_it_runs_with() -> None:
    metadata = {"groqOrder": [VS_CODE, "a"], "groqToken": TOKEN, "cellId": VS_CODE}
    found = request_cells(shell({"metadata": metadata}))
    assert found.order == (cell_id(shell({"metadata": {"cellId": VS_CODE}})), "a")


@pytest.mark.parametrize("odd", [None, 3, ["x"], "x" * 5_000])
def test_an_invalid_name_of_a_notebook_is_ignored(odd: Any) -> None:
    for name, found in ((odd, ""), ("a/b.ipynb", "a/b.ipynb")):
        metadata = {"groqNotebook": name, "groqToken": TOKEN}
        assert request_cells(shell({"metadata": metadata})).notebook == found


@pytest.mark.parametrize("parent", [None, {}, {"metadata": None}, {"metadata": "text"}])
def test_a_request_without_metadata_has_no_cells(parent: Any) -> None:
    assert request_cells(shell(parent)) == RequestCells()
    assert cell_id(shell(parent)) is None


@given(
    st.dictionaries(
        st.sampled_from(["cellId", "colab", "groqOrder", "groqNotebook"]),
        st.recursive(st.none() | st.integers() | st.text(), st.lists),
    )
)
def test_no_metadata_makes_it_fail(metadata: dict[str, Any]) -> None:
    found = request_cells(shell({"metadata": {**metadata, "groqToken": TOKEN}}))
    assert all(re.fullmatch("[A-Za-z0-9_-]{1,64}", each) for each in found.order)
    cell_id(shell({"metadata": metadata}))


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({"cellId": "vscode-notebook-cell:/home/ada/a.ipynb#W0sZmlsZQ%3D%3D"}, True),
        ({"colab": {"cell_id": "abc"}}, True),
        ({"cellId": "3f2a1b"}, False),
        # A cell that Colab saved, in JupyterLab.
        ({"cellId": "3f2a1b", "colab": {"base_uri": "https://localhost:8080/"}}, False),
        ({}, False),
    ],
)
def test_outputs_have_frames_in_vs_code_and_colab(
    metadata: dict[str, object], *, expected: bool
) -> None:
    assert has_frames(shell({"metadata": metadata})) is expected
