"""The draft of an ask: its texts with values filled in and secrets hidden."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from groq_magic.api.key import scrub
from groq_magic.api.request import without_surrogates
from groq_magic.asking.images import all_images, with_given_images, with_images
from groq_magic.asking.proposed_code import with_code
from groq_magic.asking.typed_answers import schema_of_ask
from groq_magic.clipping import count_of, is_a
from groq_magic.conversation import PromptData, sha_of
from groq_magic.errors import PromptError
from groq_magic.prompt import FilledPrompt, IncludedValue, fill, fill_from, with_values
from groq_magic.prompt.secrets import HIDDEN
from groq_magic.session.recent_cells import recent_cells
from groq_magic.tools import ToolSet, tool_set_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from groq_magic.options import AskOptions
    from groq_magic.prompt import NamedValue, Privacy, PromptImage
    from groq_magic.prompt.secrets import Secrets
    from groq_magic.schemas import Schema
    from groq_magic.session.ask import Ask
    from groq_magic.session.session import Session

__all__ = ["Draft", "make_draft", "with_caller_values"]

_CELL_NUMBER = re.compile(r"\bcell \d+", re.IGNORECASE)


@dataclass(frozen=True)
class Draft:
    """An ask whose texts are ready to be sent.

    Parameters
    ----------
    ask : Ask
    options : AskOptions
        The given options, and the session's values for all others.
    prompt, system : str
        Texts without secrets. The system prompt contains its values, the prompt only scalars
        and the names of other values.
    data : PromptData
        The values that the prompt names.
    included : tuple of IncludedValue
        The names and sizes of all included values.
    notices : tuple of str
        Lines to show to the user.
    secrets : Secrets
    values_sha : str or None
        The hash of the texts with their values, None without values.
    schema : Schema or None
        The schema of the answer.
    images : tuple of PromptImage
        The images to send.
    tools : ToolSet
        The tools that the model may call.
    """

    ask: Ask
    options: AskOptions
    prompt: str = field(repr=False)
    system: str = field(repr=False)
    data: PromptData = field(repr=False)
    included: tuple[IncludedValue, ...]
    notices: tuple[str, ...]
    secrets: Secrets
    values_sha: str | None
    schema: Schema | None = field(repr=False)
    images: tuple[PromptImage, ...]
    tools: ToolSet

    @property
    def whole(self) -> str:
        """The prompt with its values below it."""
        return with_values(self.prompt, self.data.values)

    @property
    def named(self) -> tuple[str, ...]:
        """The keys of the values that the prompt names."""
        return tuple(value.key for value in self.data.values)

    def as_saved(self, text: str) -> str:
        """Return a text that is safe to save in a notebook: without secrets, encodable."""
        return without_surrogates(self.secrets.hide(text))[0]


def make_draft(session: Session, ask: Ask) -> Draft:
    """Return the draft of an ask; the user's own code may run here.

    Raises
    ------
    PromptError
        When the prompt is empty, or contains a misspelt name.
    """
    ask, secrets = with_caller_values(session, ask), session.secrets()
    options = ask.options.over(session.settings.defaults())
    _check_names(options, secrets)
    filled, system = _filled(session, ask, options)
    filled, recent_notices = _with_recent(session, ask, filled)
    images = all_images(session, ask, filled, secrets)
    filled = replace(filled, included=with_images(filled.included, images), images=images)
    # Before surrogates are replaced: a secret may contain them.
    texts = [filled.text, system, *(value.text for value in filled.values)]
    hidden = [secrets.found(text) for text in texts]
    # A traceback or a value may contain a key of another service; it must not be sent.
    texts = [scrub(text) if ask.composed is not None else text for text, _ in hidden]
    if ask.composed is not None and texts[0] != filled.text:
        ask = replace(ask, composed=replace(ask.composed, hides_a_key=True))
    names = [name for _, found in hidden for name in found]
    lines = (*map(secrets.hide, filled.notices), *recent_notices, *_notice_of_hidden(names))
    encodable = [without_surrogates(text) for text in texts]
    prompt, system, *blocks = [text for text, _ in encodable]
    data = _data(ask, filled, blocks, secrets, session.privacy())
    return Draft(
        ask,
        options,
        prompt,
        system,
        data,
        tuple(
            replace(each, name=without_surrogates(secrets.hide(each.name))[0])
            for each in filled.included
        ),
        (
            *(without_surrogates(line)[0] for line in lines),
            *_notice_of_replaced(sum(replaced for _, replaced in encodable)),
        ),
        secrets,
        sha_of([_without_cell_numbers(prompt, data.values), system, *(each.url for each in images)])
        if filled.included and ask.composed is None
        else None,
        schema_of_ask(options, session.namespace, secrets, session.privacy()),
        images,
        _tools(session, options),
    )


def _with_recent(
    session: Session, ask: Ask, filled: FilledPrompt
) -> tuple[FilledPrompt, tuple[str, ...]]:
    """Return a prompt with the cells of `--recent`, and notices about them."""
    count = ask.options.recent
    if count is None:
        return filled, ()
    cells, notices = recent_cells(session, count)
    included = (*filled.included, *(each.included for each in cells))
    return replace(filled, values=(*filled.values, *cells), included=included), notices


def _without_cell_numbers(prompt: str, values: Sequence[NamedValue]) -> str:
    """Return a prompt with its values, without cell numbers, which differ in each run."""
    return with_values(
        prompt,
        (
            each if each.cell is None else replace(each, text=_CELL_NUMBER.sub("cell", each.text))
            for each in values
        ),
    )


def _tools(session: Session, options: AskOptions) -> ToolSet:
    """Return the tools that the model may call."""
    tools = tool_set_of(options.tools or (), session.namespace)
    if session.privacy().has_limits:
        tools = tools.without_defaults()
    return with_code(tools) if options.run_code else tools


def _data(
    ask: Ask,
    filled: FilledPrompt,
    blocks: Sequence[str],
    secrets: Secrets,
    privacy: Privacy,
) -> PromptData:
    """Return the values of a prompt with their texts as sent."""
    values = tuple(
        replace(value, name=without_surrogates(secrets.hide(value.name))[0], text=text)
        for value, text in zip(filled.values, blocks, strict=True)
    )
    composed = ask.composed
    if composed is not None:
        # If the prompt has no data of the session, the answer can't quote any.
        seen = composed.privacy if composed.included or values else None
        left_out = tuple(each.left_out for each in filled.images)
        return PromptData(values, composed.privacy, seen=seen, images=left_out)
    pieces = filled.pieces.values()
    names = frozenset(piece.name for piece in pieces)
    has_scalars = any(piece.value is None and piece.image is None for piece in pieces)
    in_place = privacy.of_scalars if has_scalars else None
    # The system prompt may include values too, and an image may show any.
    has_rows = values or filled.images or any(each.name not in names for each in filled.included)
    left_out = tuple(each.left_out for each in filled.images)
    return PromptData(values, in_place, names, privacy if has_rows else in_place, left_out)


def _check_names(options: AskOptions, secrets: Secrets) -> None:
    """Refuse secrets in names, which are sent, shown and saved unchanged."""
    for option, name in (("--model", options.model), ("--conversation", options.conversation)):
        if name and secrets.hide(name) != name:
            raise PromptError(f"{option} contains a secret.", "Type a name without it.")


def _notice_of_replaced(count: int) -> tuple[str, ...]:
    """Return the notice of lone surrogates, if there were any."""
    if not count:
        return ()
    characters, were = ("characters", "were") if count > 1 else ("character", "was")
    return (f"{count} {characters} that can't be sent {were} replaced by \ufffd.",)


def _filled(session: Session, ask: Ask, options: AskOptions) -> tuple[FilledPrompt, str]:
    text = ask.text.strip()
    if not text:
        raise PromptError("The prompt is empty.", "Write it into the cell below `%%groq`.")
    if ask.composed is not None:
        composed = ask.composed
        if not session.privacy().allows(composed.privacy):
            raise PromptError(
                "This prompt contains data that may no longer be sent.",
                "Run its original cell again.",
            )
        filled = FilledPrompt(
            composed.prompt,
            composed.values,
            composed.included,
            composed.missing,
            images=composed.images,
        )
        # The session's system prompt applies to its conversation only.
        return filled, "\n\n".join(filter(None, (composed.system, ask.options.system)))
    if options.raw:
        return FilledPrompt(text), options.system or ""
    privacy = session.privacy()
    filled = fill(text, session.namespace, ask.own, privacy)
    around = fill(options.system or "", session.namespace, ask.own, privacy)
    named = {value.name for value in filled.values}
    # Values that the prompt names too are sent once, below it.
    values = [value for value in around.values if value.name not in named]
    both = replace(
        filled,
        included=(*filled.included, *(x for x in around.included if x.name not in named)),
        missing=(*filled.missing, *around.missing),
        images=tuple({each.name: each for each in (*filled.images, *around.images)}.values()),
    )
    return both, with_values(around.text, values)


def _notice_of_hidden(names: Sequence[str]) -> tuple[str, ...]:
    """Return the notice of hidden secrets: their names and the number of places."""
    if not names:
        return ()
    named = ", ".join(f"`{name}`" for name in dict.fromkeys(names))
    places = count_of(len(names), "place")
    return (f"Replaced by `{HIDDEN}` in {places}: the value of {named}.",)


def with_caller_values(session: Session, ask: Ask) -> Ask:
    """Return an ask with the calling code's values as text and images, not as variables.

    The ask is kept until the next one, and would keep the variables alive.

    Raises
    ------
    PromptError
        As `make_draft`.
    """
    names, ask = ask.names, replace(ask, names=None)
    if ask.composed is None:
        ask = _with_own_tools(with_given_images(session, ask, names), names or {})
    options = ask.options.over(session.settings.defaults())
    if names is None or options.raw or ask.composed is not None:
        return ask
    text = f"{ask.text}\n{options.system or ''}"
    return replace(ask, own=fill_from(text, names, session.namespace, session.privacy()))


def _with_own_tools(ask: Ask, names: Mapping[str, Any]) -> Ask:
    """Return an ask with the functions of the calling code in place of their names."""
    given = ask.options.tools
    if not given or not any(is_a(each, str) and each in names for each in given):
        return ask
    tools = tuple(names.get(each, each) if is_a(each, str) else each for each in given)
    return replace(ask, options=replace(ask.options, tools=tools))
