"""`%groq_fix`, `%groq_explain` and `%%groq_code`."""

from __future__ import annotations

import builtins
import inspect
from collections import ChainMap
from typing import TYPE_CHECKING, Any

from IPython.core.magic import cell_magic, line_magic, magics_class, no_var_expand

from groq_magic.errors import NotebookError, OptionError
from groq_magic.interrupts import unsent
from groq_magic.magics.ask import run_ask
from groq_magic.magics.assistant_options import (
    CODE_OPTIONS,
    EXPLAIN_OPTIONS,
    FIX_OPTIONS,
    around,
    asked_with,
    option_lines,
)
from groq_magic.magics.face import Face, ask_class
from groq_magic.page.caller import caller_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.assistant import Composed, Failure, Question, Surroundings
    from groq_magic.prompt.expression import Expression
    from groq_magic.session.past_cells import PastCells

__all__ = ["AssistantMagics"]

_CHARACTERS_PER_TOKEN = 4


@magics_class
class AssistantMagics(Face):
    """The magics that mend, explain and write code."""

    @no_var_expand
    @line_magic
    def groq_fix(self, line: str) -> None:
        """Mend the cell that failed last: `%groq_fix [N] [options] [what you say of it]`.

        The failing cell, its error and the variables that the failing line
        names are sent; a short explanation, the change and the mended cell,
        not run, come back. `%groq_fix 3` is about cell 3.

        Options:
        """
        from groq_magic.assistant import mend_prompt

        given, target, words = around(line, FIX_OPTIONS, "%groq_fix", str.isdecimal)
        failure = self._failure(target, words)
        said = f"%groq_fix {line.strip()}".strip()
        self._ask(lambda: mend_prompt(failure, words, said, self._known()), given, line=True)

    @no_var_expand
    @line_magic
    def groq_explain(self, line: str) -> None:
        """Explain: `%groq_explain [N | name | _] [options] [what you want to know]`.

        N is a cell, name a function, class or variable of the session, `_`
        the last result; alone, the last output or error.

        Options:
        """
        from groq_magic.assistant import Question

        given, target, words = around(line, EXPLAIN_OPTIONS, "%groq_explain", self._is_target)
        first, _, rest = words.partition(" ")
        if not target and first and (not rest or rest.startswith("--")):
            raise self._unknown(first)
        said = f"%groq_explain {line.strip()}".strip()
        asked = Question(said, words, given.get("level", ""))
        self._ask(lambda: self._explained(target, asked), given, line=True)

    @no_var_expand
    @cell_magic
    def groq_code(self, line: str, cell: str) -> None:
        """Write the next cell's code: `%%groq_code [language] [options]`, what it does below.

        The language is Python unless it is named. Nothing of the session is
        sent but with `--session`, and then names and types alone.

        Options:
        """
        from groq_magic.assistant import write_prompt

        given, language, rest = around(line, CODE_OPTIONS, "%%groq_code", bool)
        if rest:
            raise OptionError(
                f"`{rest[:40]}` stands after the language.",
                "What the code is to do goes into the lines below.",
            )
        language = language.lower() or "python"
        magics = self.session.shell.magics_manager.magics["cell"]
        head = f"%%{language}" if language in magics and language != "python" else ""
        session = given.get("session", False)
        self._ask(
            lambda: write_prompt(cell, language, head, self._known(), session=session),
            given,
            line=False,
        )

    def _ask(self, compose: Callable[[], Composed], given: dict[str, Any], *, line: bool) -> None:
        new_ask = ask_class()
        composed = unsent(compose)
        run_ask(
            self.session, new_ask(composed.said, asked_with(given), line=line, composed=composed)
        )

    def _failure(self, target: str, words: str) -> Failure:
        from groq_magic.assistant import Failure

        past = self._past()
        if not target:
            return past.last_failure()
        cell = past.numbered(int(target))
        failure = past.failure_of(cell)
        if failure is None and not words:
            raise NotebookError(
                f"Cell {target} did not fail.", f"Say what is wrong: `%groq_fix {target} …`."
            )
        return failure or Failure(cell)

    def _explained(self, target: str, asked: Question) -> Composed:
        from groq_magic.assistant import explain_cell, explain_failure, explain_value

        past, known = self._past(), self._known()
        if target and target != "_" and not target.isdecimal():
            expression = self._expression(target)
            value = expression.value_in(self._names()) if expression is not None else None
            return explain_value(target, value, asked, known)
        if target == "_":
            cell = past.last_output()
        else:
            cell = past.numbered(int(target)) if target else past.latest_with_result()
        failure = past.failure_of(cell)
        if failure is not None and not target:
            return explain_failure(failure, asked, known)
        return explain_cell(cell, past.result_of(cell), failure, asked, known)

    def _is_target(self, word: str) -> bool:
        return word == "_" or word.isdecimal() or self._expression(word) is not None

    def _expression(self, word: str) -> Expression | None:
        """Return a word as a name of the session, with attributes and items; None for no such."""
        from groq_magic.prompt.expression import parse

        found = parse(word)
        if found is None or found.call or found.root not in self._names():
            return None
        return found

    def _unknown(self, word: str) -> NotebookError:
        from groq_magic.prompt.expression import near

        meant = near(word, (name for name in self.session.namespace if not name.startswith("_")))
        remedy = f"Did you mean `{meant}`?" if meant else "Name a cell's number or a variable."
        return NotebookError(f"There is no `{word}` to explain.", remedy)

    def _names(self) -> Mapping[str, Any]:
        namespace = self.session.namespace
        return ChainMap(dict(caller_names(namespace) or {}), namespace, vars(builtins))

    def _known(self) -> Surroundings:
        from groq_magic.assistant import Surroundings

        room = self.session.settings.assistant_tokens * _CHARACTERS_PER_TOKEN
        past = self._past()
        return Surroundings(self.session.namespace, room, past.of_file, past.newest_first)

    def _past(self) -> PastCells:
        from groq_magic.session.past_cells import PastCells

        return PastCells(self.session)


for _magic, _options in (
    (AssistantMagics.groq_fix, FIX_OPTIONS),
    (AssistantMagics.groq_explain, EXPLAIN_OPTIONS),
    (AssistantMagics.groq_code, CODE_OPTIONS),
):
    _magic.__doc__ = f"{inspect.cleandoc(_magic.__doc__ or '')}\n{option_lines(_options)}"
