"""Which code of an answer becomes the next cell, and the reason if none does."""

from __future__ import annotations

import pytest

from groq_magic.assistant import AssistantPrompt, Cell, CodeChoice, code_choice_of, without_fence

CELL = Cell(3, "total = df['pirce'].sum()\nprint(total)")
FIXED = "total = df['price'].sum()\nprint(total)"


def fenced(code: str, language: str = "python", ticks: str = "```") -> str:
    return f"{ticks}{language}\n{code}\n{ticks}\n"


def fixed(answer: str, *cells: Cell, whole: bool = True) -> CodeChoice:
    held = cells or (CELL,)
    asked = AssistantPrompt("fix", "", "", "", cells=held, language=held[0].language)
    return code_choice_of(asked, answer, whole=whole)


def written(
    answer: str, language: str = "python", head: str = "", *, whole: bool = True
) -> CodeChoice:
    return code_choice_of(
        AssistantPrompt("write", "", "", "", language=language, head=head), answer, whole=whole
    )


def test_prose_around_the_code_stays_out() -> None:
    choice = fixed(f"The column is `price`.\n\n{fenced(FIXED)}\nThat is all.")
    assert (choice.code, choice.why, choice.cell) == (FIXED, "", CELL)


@pytest.mark.parametrize("language", ["", "py", "Python", "python3", "ipython", "{python}"])
def test_every_name_for_python_is_python(language: str) -> None:
    assert fixed(fenced(FIXED, language)).code == FIXED


def test_tildes_and_long_fences_hold_code_with_fences() -> None:
    source = 'text = """\n```\nx\n```\n"""'
    assert fixed(fenced(source, ticks="~~~~"), Cell(1, "text = 1")).code == source
    assert fixed(fenced(source, ticks="`````"), Cell(1, "text = 1")).code == source


def test_indentation_and_inner_blank_lines_stay() -> None:
    code = "    if x:\n\n        y = 1"
    assert fixed(fenced(f"\n{code}\n\n"), Cell(1, "    if x:\n        y")).code == code


def test_of_several_blocks_the_one_most_like_the_cell_is_taken() -> None:
    answer = (
        f"This line fails:\n{fenced(CELL.source)}"
        f"Fixed:\n{fenced(FIXED)}"
        f"To look at the columns:\n{fenced('df.columns')}"
        f"It prints\n{fenced('3.5', 'text')}"
    )
    choice = fixed(answer)
    assert choice.code == FIXED
    assert choice.remarks == ("Taken from code block 2 of 4.",)


def test_of_equals_the_last_is_taken() -> None:
    answer = f"{fenced('total = 1', 'python')}No, better:\n{fenced('total = 2', 'python')}"
    assert fixed(answer, Cell(1, "total = 3")).code == "total = 2"


def test_a_diff_is_applied() -> None:
    diff = "@@ -1,2 +1,2 @@\n-total = df['pirce'].sum()\n+total = df['price'].sum()\n print(total)"
    assert fixed(fenced(diff, "diff")).code == FIXED


def test_a_diff_marked_as_python_is_applied() -> None:
    diff = "-total = df['pirce'].sum()\n+total = df['price'].sum()\n print(total)"
    assert fixed(fenced(diff)).code == FIXED


def test_a_diff_of_something_else_is_refused() -> None:
    choice = fixed(fenced("-nothing = 'of the kind'\n+x = 1", "diff"))
    assert choice.code == ""
    assert choice.why == "No cell added: the answer's diff doesn't fit cell 3."


def test_an_answer_without_code_gives_the_reason() -> None:
    for choice in (fixed("Install it."), fixed("```python\n\n```"), written("I can't.")):
        assert choice.why == "No cell added: the answer has no code block."


def test_code_whose_fence_never_closes_is_no_next_cell() -> None:
    never_ends = "No cell added: a code block of the answer never ends."
    for whole in (True, False):
        assert fixed(f"```python\n{FIXED}", whole=whole).why == never_ends
        assert fixed(f"{fenced('df.columns')}```python\n{FIXED}", whole=whole).why == never_ends
    assert written("```sql\nselect 1", "sql").why == never_ends


def test_a_part_of_a_cell_in_a_cut_answer_may_lack_another() -> None:
    cell = Cell(1, "a = one()\nb = two()\nc = three()\nprint(a, b, c)")
    answer = fenced("b = two(2)")
    assert fixed(answer, cell).code == cell.source.replace("two()", "two(2)")
    assert fixed(answer, cell, whole=False).why == "No cell added: the answer is incomplete."


def test_a_whole_block_before_the_end_of_a_cut_answer_is_taken() -> None:
    assert fixed(f"{fenced(FIXED)}And now", whole=False).code == FIXED


def test_code_in_another_language_is_refused() -> None:
    choice = fixed(fenced("pip install pandas", "bash"))
    assert choice.code == ""
    assert choice.why == "No cell added: the answer's code is bash, not python."
    choice = written(fenced("x = 1", "python"), "sql")
    assert choice.why == "No cell added: the answer's code is python, not sql."


def test_an_unnamed_block_that_is_no_python_is_refused() -> None:
    assert fixed(fenced("Traceback (most recent call last)", "")).code == ""


def test_the_cell_given_back_unchanged_is_no_next_cell() -> None:
    why = "No cell added: the answer leaves the cell unchanged."
    assert fixed(fenced(CELL.source)).why == why


def test_another_cell_than_the_failing_one_can_be_fixed() -> None:
    other = Cell(1, "def mean(values):\n    return sum(values) / len(values)")
    answer = fenced("def mean(values):\n    return sum(values) / max(1, len(values))")
    assert fixed(answer, Cell(3, "mean([])"), other).cell == other


def test_where_the_code_fits_two_cells_the_one_that_the_answer_names_is_fixed() -> None:
    failing = Cell(3, 'total = prices["cake"]')
    earlier = Cell(1, "prices = {'tea': 3}\nprices = prices.update(x)")
    code = fenced("prices = {'tea': 3}\nprices.update(x)")
    assert fixed(code, failing, earlier).why.endswith("the answer's code is for cell 3 and cell 1.")
    for begin in ("Cell 1: it has no cake.", "**Cell 1:** no cake.", "1. **Cell 1**: no cake."):
        assert fixed(f"{begin}\n\n{code}", failing, earlier).cell == earlier
    # The name of the failing cell may stand there for any reason.
    for begin in ("Cell 3: it has no cake.", "Cell 1 sets the prices.", "Cell 2: no cake."):
        assert fixed(f"{begin}\n\n{code}", failing, earlier).cell is None


def test_a_fixed_body_goes_under_its_cell_magic() -> None:
    cell = Cell(2, "%%bash -e\nls /nosuch")
    assert fixed(fenced("ls /tmp", "bash"), cell).code == "%%bash -e\nls /tmp"
    assert fixed(fenced("ls /tmp", "sh"), cell).code == "%%bash -e\nls /tmp"
    assert fixed(fenced("%%bash\nls /tmp", "bash"), cell).code == "%%bash\nls /tmp"
    assert fixed(fenced("%%bash\nls /tmp", "python"), cell).code == "%%bash\nls /tmp"


def test_a_timed_cell_is_python() -> None:
    cell = Cell(2, "%%time\nx = totl")
    assert fixed(fenced("%%time\nx = total"), cell).code == "%%time\nx = total"


def test_magic_lines_are_python_too() -> None:
    code = "%pip install nosuch\nfiles = !ls\nimport nosuch"
    assert fixed(fenced(code, ""), Cell(1, "import nosuch")).code == code


def test_written_blocks_of_the_language_are_joined_and_others_left() -> None:
    answer = fenced("def f(): return 1") + fenced("f()") + fenced("pip install x", "bash")
    choice = written(answer)
    assert choice.code == "def f(): return 1\n\nf()"
    assert choice.remarks == ("Joined from 2 code blocks.",)


def test_an_unnamed_block_beside_a_named_one_is_output() -> None:
    assert written(fenced("print(1)") + fenced("1", "")).code == "print(1)"


def test_code_of_another_language_goes_under_its_magic() -> None:
    assert written(fenced("ls", "sh"), "bash", "%%bash").code == "%%bash\nls"
    assert written(fenced("SELECT 1", "sql"), "sql").code == "SELECT 1"


def test_an_explanation_has_no_next_cell() -> None:
    assert (
        code_choice_of(AssistantPrompt("explain", "", "", ""), fenced("x"), whole=True)
        == CodeChoice()
    )


@pytest.mark.parametrize("ticks", ["```", "~~~", "````"])
def test_the_answer_without_its_code_is_its_prose(ticks: str) -> None:
    answer = f"Before.\n\n{fenced(FIXED, ticks=ticks)}\nAfter."
    fence = fixed(answer).fence
    assert fence is not None
    assert without_fence(answer, fence) == "Before.\n\nAfter."


def test_a_block_in_a_list_stays_in_the_prose() -> None:
    answer = "1. Fixed:\n\n   ```python\n   x = 2\n   ```\n"
    choice = fixed(answer, Cell(1, "x = 1"))
    assert choice.code == "x = 2"
    assert choice.fence is not None
    assert without_fence(answer, choice.fence).strip() == answer.strip()


def test_code_with_a_hidden_key_is_no_next_cell() -> None:
    prompt = "Cell 1:\nclient = connect('[key]')\nd[key]"
    cell = Cell(1, "client = connect('gsk_aB3dE5fG7hJ9kL')\nd[k]")

    def taken(code: str, cell: Cell, *, hides_a_key: bool = True) -> CodeChoice:
        asked = AssistantPrompt("fix", "", prompt, "", cells=(cell,), hides_a_key=hides_a_key)
        return code_choice_of(asked, fenced(code), whole=True)

    hidden = taken("client = connect('[key]')\nd[key]", cell)
    assert (hidden.code, hidden.cell, hidden.fence) == ("", None, None)
    assert "`[key]`" in hidden.why
    kept = "client = connect(KEY)\nd[key]"
    assert taken(kept, cell).code == kept
    assert taken("x = [key, 1]\n[key]", Cell(1, "x = 1\n[key]")).code.endswith("[key]")
    # Where no key was taken out, it is code.
    fixed = taken("df[[key]]", Cell(1, "df[[kee]]"), hides_a_key=False)
    assert fixed.code == "df[[key]]"


def test_written_code_with_a_hidden_key_is_no_next_cell() -> None:
    asked = AssistantPrompt("write", "", "Use the token [key]", "", hides_a_key=True)
    choice = code_choice_of(asked, fenced("connect('[key]')"), whole=True)
    assert choice.code == ""
    assert "`[key]`" in choice.why
