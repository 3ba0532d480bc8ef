"""`%groq_fix`, `%groq_explain` and `%%groq_code`."""

from __future__ import annotations

import builtins
from collections import ChainMap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from groq_magic.assistant import (
    Context,
    Failure,
    Question,
    explain_cell,
    explain_failure,
    explain_value,
    fix_prompt,
    with_facts,
    write_prompt,
)
from groq_magic.errors import NotebookError, OptionError
from groq_magic.interrupts import interruptible
from groq_magic.magics.ask import run_ask, visible_names
from groq_magic.magics.line_parser import parse_with_target
from groq_magic.magics.options import OPTIONS_OF
from groq_magic.options import AskOptions
from groq_magic.prompt import fill
from groq_magic.prompt.expression import near, parse, user_names
from groq_magic.prompt.refusals import refuse_private
from groq_magic.session.ask import Ask
from groq_magic.session.cell_history import CellHistory

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from groq_magic.assistant import AssistantPrompt
    from groq_magic.prompt import FilledPrompt
    from groq_magic.prompt.expression import Expression
    from groq_magic.session.session import Session

__all__ = ["groq_code", "groq_explain", "groq_fix"]

_CHARACTERS_PER_TOKEN = 4
# Low: the likeliest code.
_TEMPERATURE = 0.2
# The options that are not those of an ask.
_OWN_OPTIONS = frozenset({"keep", "level", "replace", "session"})


def groq_fix(session: Session, line: str) -> None:
    """Fix the cell that failed last: `%groq_fix [N] [options] [words…]`.

    It sends the failed cell, its error and the variables that the failing
    line names. The answer explains the error and shows the fix as a diff; the
    fixed cell is inserted below, not run. A button under the diff replaces the
    failed cell instead; `--replace` does so at once. `%groq_fix 3` fixes
    cell 3.

    Options:
    """
    given, target, words = parse_with_target(
        line, OPTIONS_OF["groq_fix"], "%groq_fix", str.isdecimal
    )
    failure = _failure(session, target, words)
    typed = f"%groq_fix {line.strip()}".strip()

    def compose(filled: FilledPrompt) -> AssistantPrompt:
        context = _context(session)
        known = with_facts(failure, context)
        # For the next `%groq_fix`: the exception itself is dropped at the end of this cell.
        session.failures.keep_facts(known)
        return fix_prompt(known, Question(typed, filled.text), context)

    _ask(session, _Words(typed, words), compose, given, line=True)


def groq_explain(session: Session, line: str) -> None:
    """Explain: `%groq_explain [N | name | _] [options] [what you want to know]`.

    N is a cell's number, name a function, class or variable, `_` the last
    result. Without any of them it explains the last output or error.

    Options:
    """
    given, target, words = parse_with_target(
        line,
        OPTIONS_OF["groq_explain"],
        "%groq_explain",
        lambda word: _is_target(session, word),
    )
    first, _, rest = words.partition(" ")
    if not target and first and (not rest or rest.startswith("--")):
        raise _unknown(session, first)
    typed = f"%groq_explain {line.strip()}".strip()

    def compose(filled: FilledPrompt) -> AssistantPrompt:
        return _explain(session, target, Question(typed, filled.text, given.get("level", "")))

    _ask(session, _Words(typed, words), compose, given, line=True)


def groq_code(session: Session, line: str, cell: str) -> None:
    """Write the next cell's code: `%%groq_code [language] [options]`, its description below.

    The language is Python unless you name another. The types and sizes of the
    variables that the description names are sent, and the schemas of tables;
    `--session` adds the session's other names and types, and its imports.

    Options:
    """
    given, language, rest = parse_with_target(line, OPTIONS_OF["groq_code"], "%%groq_code", bool)
    if rest:
        raise OptionError(
            f"Unexpected `{rest[:40]}` after the language.",
            "Describe the code in the lines below.",
        )
    language = language.lower() or "python"
    magics = session.shell.magics_manager.magics["cell"]
    head = f"%%{language}" if language in magics and language != "python" else ""
    with_session = given.get("session", False)

    def compose(filled: FilledPrompt) -> AssistantPrompt:
        context = _context(session)
        return write_prompt(filled, language, head, context, typed=cell, session=with_session)

    _ask(session, _Words(cell.strip(), cell), compose, given, line=False)


@dataclass(frozen=True)
class _Words:
    """The user's input: the whole line as typed, and the words without options and target."""

    typed: str
    words: str


def _ask(
    session: Session,
    words: _Words,
    compose: Callable[[FilledPrompt], AssistantPrompt],
    given: dict[str, Any],
    *,
    line: bool,
) -> None:
    """Ask outside of the conversation, unless `--keep` is given.

    `compose` takes the user's words with values filled in.
    """

    def composed_prompt() -> AssistantPrompt:
        privacy = session.privacy()
        filled = fill(words.words, visible_names(session), privacy=privacy)
        return compose(filled).with_words(words.typed, filled, privacy)

    composed = interruptible(composed_prompt)
    options = AskOptions(**{name: given[name] for name in given.keys() - _OWN_OPTIONS})
    options = options.over(AskOptions(temperature=_TEMPERATURE, once=not given.get("keep", False)))
    in_place = given.get("replace", False)
    run_ask(session, Ask(composed.typed, options, line=line, composed=composed, in_place=in_place))


def _failure(session: Session, target: str, words: str) -> Failure:
    history = CellHistory(session)
    if not target:
        return history.last_failure()
    cell = history.numbered(int(target))
    failure = history.failure_of(cell)
    if failure is None and not words:
        raise NotebookError(
            f"Cell {target} did not fail.", f"Say what is wrong: `%groq_fix {target} …`."
        )
    return failure or Failure(cell)


def _explain(session: Session, target: str, question: Question) -> AssistantPrompt:
    history, context = CellHistory(session), _context(session)
    if target and target != "_" and not target.isdecimal():
        expression = _expression(session, target)
        value = None
        if expression is not None:
            privacy = session.privacy()
            refuse_private(expression, privacy)
            value = expression.value_in(_names(session), privacy)
        return explain_value(target, value, question, context)
    if target == "_":
        cell = history.last_output()
    else:
        cell = history.numbered(int(target)) if target else history.latest_with_result()
    failure = history.failure_of(cell)
    if failure is not None and not target:
        return explain_failure(failure, question, context)
    result = "\n".join(filter(None, history.results_of(cell, context)))
    return explain_cell(cell, result, failure, question, context)


def _is_target(session: Session, word: str) -> bool:
    return word == "_" or word.isdecimal() or _expression(session, word) is not None


def _expression(session: Session, word: str) -> Expression | None:
    """Return a word as an expression of names, attributes and items; None for any other word."""
    found = parse(word)
    if found is None or found.call or found.root not in _names(session):
        return None
    return found


def _unknown(session: Session, word: str) -> NotebookError:
    similar = near(word, user_names(session.namespace))
    remedy = f"Did you mean `{similar}`?" if similar else "Name a cell's number or a variable."
    return NotebookError(f"There is no `{word}` to explain.", remedy)


def _names(session: Session) -> Mapping[str, Any]:
    return ChainMap(visible_names(session), vars(builtins))


def _context(session: Session) -> Context:
    most_characters = session.settings.assistant_tokens * _CHARACTERS_PER_TOKEN
    return CellHistory(session).context(most_characters)
