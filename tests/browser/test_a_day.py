"""An analyst's and a teacher's day in JupyterLab: what is sent is what the page shows.

Each request is compared with the page: the prompts in the editors above, and the answers under
them, read off the notebook as it stands, not off our session.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from playwright.sync_api import expect

from tests.browser.kinds import only_in_lab
from tests.browser.test_asking import begin

if TYPE_CHECKING:
    from tests.browser.notebook_page import Notebook

ORDERS = """\
import pandas as pd
df = pd.DataFrame({
    "city": ["Oslo", "Bergen", None, "Oslo"] * 10,
    "price": [10.5, None, 7.25, 8.0] * 10,
    "email": [f"anna{n}@example.org" for n in range(40)],
})"""
CITIES = ("Oslo", "Bergen", "Trondheim", "Stavanger")
# From top to bottom: source, and of each answer the text that was saved with it.
CELLS = """Array.from(panel.content.widgets, (cell) => {
  const outputs = cell.model.type === "code" ? cell.model.outputs.toJSON() : [];
  return {
    source: cell.model.sharedModel.getSource(),
    answers: outputs.filter((each) => each.metadata?.groq_magic && each.data?.["text/plain"])
      .map((each) => ({text: each.data["text/plain"], ...each.metadata.groq_magic})),
  };
})"""
NAMED = re.compile(r"\{\{\s*([\w.]+)[^}]*\}\}")


class Day:
    """A notebook in JupyterLab, and a check of what it sends.

    Parameters
    ----------
    notebook : Notebook
    practice : PracticeServer
        Where its asks go.
    """

    def __init__(self, notebook: Notebook, practice: Any) -> None:
        self.notebook = notebook
        self.practice = practice

    def index(self, part: str) -> int:
        """Return the index of the one cell whose source contains this."""
        (index,) = (at for at, each in enumerate(self.cells()) if part in each["source"])
        return index

    def cells(self) -> list[dict[str, Any]]:
        return list(self.notebook.panel(CELLS))

    def run(self, part: str) -> list[dict[str, Any]]:
        """Run a cell; return the bodies of the requests that it sent."""
        self.practice.forget_requests()
        self.notebook.run_cell(self.index(part))
        return [record["body"] for record in self.practice.requests()]

    def ask(self, part: str) -> list[str]:
        """Run a `%%groq` cell; return the texts sent, after comparing them with the page."""
        above = self._shown_above(self.index(part))
        (body,) = self.run(part)
        sent = [(each["role"], each["content"]) for each in body["messages"]]
        own = as_typed(self.cells()[self.index(part)]["source"])
        conversation = [each for each in sent if each[0] != "system"]
        assert [(role, without_values(text)) for role, text in conversation] == [
            *above,
            ("user", own),
        ]
        return [text for _, text in sent]

    def _shown_above(self, index: int) -> list[tuple[str, str]]:
        shown = []
        for cell in self.cells()[:index]:
            source = cell["source"]
            for answer in cell["answers"]:
                if source.startswith("%%groq\n") and not answer.get("once"):
                    shown += [("user", as_typed(source)), ("assistant", answer["text"].strip())]
        return shown

    def output(self, part: str) -> Any:
        return self.notebook.cell_output(self.index(part))

    def edit(self, part: str, text: str) -> None:
        script = f"panel.content.widgets[{self.index(part)}].model.sharedModel.setSource({text!r})"
        self.notebook.panel(script)

    def do(self, part: str, command: str) -> None:
        """Select a cell and run a command of JupyterLab on it."""
        index = self.index(part)
        select = f"[panel.content.activeCellIndex = {index}, panel.content.deselectAll()]"
        self.notebook.panel(f"{select}.length")
        self.notebook.command(f"notebook:{command}")


def as_typed(source: str) -> str:
    """Return a cell's prompt as the model gets it: names in the place of values."""
    prompt = source.partition("\n")[2].strip()
    return NAMED.sub(lambda found: f"`{found[1]}`", prompt)


def without_values(text: str) -> str:
    return text.partition("\n\nValues:\n")[0].strip()


def day(jupyter: Any, practice: Any, *cells: str) -> Day:
    """Open a notebook with these cells under the one that loads the extension, and run that one."""
    notebook = jupyter.open([begin(practice.url), *cells], height=4000)
    notebook.run_cell(0)
    expect(notebook.cell_output(0).locator("select")).to_be_visible()
    return Day(notebook, practice)


@only_in_lab
def test_an_analyst_cleans_a_frame(jupyter: Any, practice: Any) -> None:
    practice.script(
        [
            {"match": "clean", "reply": "Drop rows:\n\n```python\ndf.dropna()\n```"},
            {"reply": "Bergen has none."},
        ]
    )
    work = day(
        jupyter,
        practice,
        ORDERS,
        "%%groq\nHow do I clean {{df}}?",
        "%%groq\nWhich city has no price in {{df}}?",
        "df = df.dropna(subset=['price'])",
    )
    work.run("import pandas")
    first = work.ask("How do I clean")
    assert "40 rows" in first[-1]
    second = work.ask("Which city")
    # The frame is the same: its content is sent once.
    assert sum(text.count("40 rows") for text in second) == 1
    work.run("df.dropna(subset")
    third = work.ask("Which city")
    assert sum(text.count("40 rows") for text in third) == 0
    assert sum(text.count("30 rows") for text in third) == 1


@only_in_lab
def test_an_analyst_asks_on_a_plots_data(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": "It grows."}])
    work = day(
        jupyter,
        practice,
        ORDERS,
        "%%groq\nWhat does {{df.groupby('city').price.sum()}} show?",
        "by_city = df.groupby('city').price.sum()\nby_city.to_dict()",
    )
    work.run("import pandas")
    assert work.run("What does") == []
    expect(work.output("What does")).to_contain_text("Error")
    work.run("by_city =")
    work.edit("What does", "%%groq\nWhat does {{by_city}} show?")
    sent = work.ask("What does")
    assert "Oslo" in sent[-1]
    assert "Oslo,185" in sent[-1]


@only_in_lab
def test_an_analyst_fixes_three_errors(jupyter: Any, practice: Any) -> None:
    errors = {
        "df['prise'].mean()": "df['price'].mean()",
        "df.price + df.city": "df.price.sum()",
        "df.price.avrage()": "df.price.mean()",
    }
    practice.script(
        [
            {"match": re.escape(wrong), "reply": f"A slip.\n\n```python\n{right}\n```"}
            for wrong, right in errors.items()
        ]
        + [{"reply": "Fine."}]
    )
    work = day(jupyter, practice, ORDERS, *errors, "%%groq\nWhat is the mean price?", "%groq_fix")
    work.run("import pandas")
    for wrong, right in errors.items():
        work.run(wrong)
        (body,) = work.run("%groq_fix")
        assert wrong in body["messages"][-1]["content"]
        # The fixed cell stands below `%groq_fix`, unrun.
        assert work.cells()[work.index("%groq_fix") + 1]["source"] == right
        work.notebook.run_cell(work.index("%groq_fix") + 1)
    # No fix is part of the conversation.
    assert work.ask("mean price")[-1] == "What is the mean price?"


@only_in_lab
def test_an_analyst_takes_an_answer_as_data(jupyter: Any, practice: Any) -> None:
    practice.script([{"reply": '{"cities": ["Oslo", "Bergen"]}'}])
    work = day(
        jupyter,
        practice,
        "%%groq -f json -o found\nName two Norwegian cities as JSON.",
        "sorted(found.data['cities'])",
    )
    (body,) = work.run("two Norwegian")
    assert body["response_format"] == {"type": "json_object"}
    work.run("sorted(")
    expect(work.output("sorted(")).to_contain_text("['Bergen', 'Oslo']")


@only_in_lab
def test_an_analyst_tidies_the_notebook(jupyter: Any, practice: Any) -> None:
    work = day(
        jupyter,
        practice,
        *(f"%%groq\nQuestion {name}" for name in ("one", "two", "three", "four")),
    )
    for name in ("one", "two", "three", "four"):
        work.ask(f"Question {name}")
    work.do("Question two", "delete-cell")
    work.ask("Question four")
    work.do("Question three", "move-cell-up")
    work.ask("Question four")
    work.ask("Question one")
    work.edit("Question one", "%%groq\nQuestion one, put better")
    work.ask("put better")
    work.ask("Question four")


@only_in_lab
def test_an_analyst_keeps_people_out_of_it(jupyter: Any, practice: Any) -> None:
    # Data that no cell's source contains.
    rows = "\n".join(f"{city},{n}.5,anna{n}@example.org" for n, city in enumerate(CITIES))
    (jupyter.server.files / "orders.csv").write_text(f"city,price,email\n{rows}\n")
    work = day(
        jupyter,
        practice,
        "import pandas as pd\ndf = pd.read_csv('orders.csv')",
        "%config GroqMagics.rows_sent = 0",
        "%config GroqMagics.private = ['email']",
        "%%groq\nWhat would you plot of {{df}}?",
        "df.set_index('email').loc['anna7@example.com']",
        "%groq_fix",
        "%groq_explain df",
    )
    practice.forget_requests()
    for index in range(1, 8):
        work.notebook.run_cell(index)
    sent = json.dumps([record["body"] for record in practice.requests()])
    assert "price" in sent
    # What the user wrote into the failing cell is theirs to send.
    others = sent.replace("anna7@example.com", "")
    for secret in ("anna", "example", *CITIES):
        assert secret not in others


@only_in_lab
def test_a_teacher_hands_a_notebook_out(jupyter: Any, practice: Any) -> None:
    practice.script([{"match": "mean", "reply": "The middle."}, {"reply": "The spread."}])
    work = day(
        jupyter, practice, "%groq_replay off", "%%groq\nWhat is a mean?", "%%groq\nAnd a variance?"
    )
    work.run("%groq_replay")
    work.ask("mean")
    work.ask("variance")
    handed = work.notebook.save()
    handed["cells"][0]["source"] = begin("http://127.0.0.1:9", key="")
    handed["cells"][1]["source"] = "%groq_replay on"
    practice.forget_requests()
    pupil = Day(jupyter.open(handed, height=4000), practice)
    pupil.notebook.run_all()
    expect(pupil.output("mean")).to_contain_text("The middle.")
    expect(pupil.output("variance")).to_contain_text("The spread.")
    pupil.edit("variance", "%%groq\nAnd a deviation?")
    assert pupil.run("deviation") == []
    expect(pupil.output("deviation")).to_contain_text("Edited; no key, so no new answer.")


@only_in_lab
def test_a_teacher_restarts_and_runs_all_three_times(jupyter: Any, practice: Any) -> None:
    practice.script(
        [{"match": "code", "reply": "Here:\n\n```python\nprint('done')\n```"}, {"reply": "Yes."}]
    )
    work = day(
        jupyter, practice, "%%groq\nAre you there?", "%%groq --cell\nWrite code", "%%groq\nReady?"
    )
    rounds = []
    for _ in range(3):
        work.notebook.restart()
        work.notebook.idle()
        practice.forget_requests()
        work.notebook.run_all()
        expect(work.output("Ready?")).to_contain_text("Yes.")
        rounds.append([record["body"]["messages"] for record in practice.requests()])
    assert rounds[0] == rounds[1] == rounds[2]
    assert [len(messages) for messages in rounds[0]] == [1, 3, 5]
    sources = [each["source"] for each in work.cells()]
    assert sources.count("print('done')") == 1
    assert len(sources) == 5


@only_in_lab
def test_a_teacher_changes_their_mind_before_the_class(jupyter: Any, practice: Any) -> None:
    work = day(
        jupyter,
        practice,
        "%groq_system You answer in rhymes.",
        "%%groq\nWhat is rain?",
        "%groq_reset",
        "%groq_undo",
        "%%groq\nAnd snow?",
    )
    work.run("%groq_system")
    assert work.ask("rain")[0] == "You answer in rhymes."
    work.run("%groq_reset")
    assert len(work.run("And snow?")[0]["messages"]) == 2
    work.run("%groq_undo")  # the ask
    work.run("%groq_undo")  # the reset
    work.edit("And snow?", "%%groq\nAnd hail?")
    assert work.ask("And hail?")[0] == "You answer in rhymes."


@only_in_lab
def test_a_teacher_goes_on_the_next_day(jupyter: Any, practice: Any) -> None:
    practice.script([{"match": "prime", "reply": "Two, three, five."}, {"reply": "Yes."}])
    work = day(jupyter, practice, "%%groq\nName primes.", "%groq_restore", "%%groq\nIs 7 one?")
    work.ask("Name primes.")
    saved = work.notebook.save()
    again = Day(jupyter.open(saved, height=4000), practice)
    again.notebook.run_cell(0)
    expect(again.notebook.cell_output(0).locator("select")).to_be_visible()
    (body,) = again.run("Is 7 one?")
    assert len(body["messages"]) == 1
    expect(again.output("Is 7 one?")).to_contain_text("%groq_restore")
    again.run("%groq_restore")
    again.ask("Is 7 one?")
