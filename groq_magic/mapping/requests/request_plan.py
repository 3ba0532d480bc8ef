"""The requests of a map to one model: which rows each contains, and how to read its answer."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from groq_magic.api.request import size_of
from groq_magic.conversation import TOKENS_AROUND_A_MESSAGE, text_in
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest
from groq_magic.mapping.sending.run_settings import Split
from groq_magic.practice import UNSCRIPTED
from groq_magic.schemas import Mismatch

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from groq_magic.mapping.data.prompts import RowPrompts
    from groq_magic.mapping.requests.answer_type import AnswerType

__all__ = ["NOT_SCRIPTED", "PER_BYTE", "OversizedRow", "RequestPlan", "tokens_of"]

# The error of a row that practice mode has no answer for.
NOT_SCRIPTED = "Practice mode: no entry of the script matches."

PER_BYTE = 0.25
# The estimate of tokens may be too high by this factor.
_SURELY = 0.9
_CUT = "length"
_LIMIT = "max_completion_tokens"


@dataclass(frozen=True)
class OversizedRow:
    """A row that the service would refuse.

    Parameters
    ----------
    key : str
    label : str
        Of the row.
    tokens : int
        About how many its request takes.
    """

    key: str
    label: str
    tokens: int


@dataclass(frozen=True)
class RequestPlan:
    """The requests of a map to one model.

    Parameters
    ----------
    prompts : RowPrompts
    answer_type : AnswerType
    base, packed_base : mapping
        The requests for one row and for several, with the prompt but without rows.
    keys : tuple of str
        The journal's key for each row; equal rows have equal keys.
    pack : int
        Rows in one request at most.
    max_tokens : int or None
        The longest answer, if known from a sample; not part of the keys.
    per_byte : float
        Tokens of a byte of text.
    secrets : tuple of str
        The variables whose values were replaced in rows.
    """

    prompts: RowPrompts = field(repr=False)
    answer_type: AnswerType
    base: Mapping[str, Any] = field(repr=False)
    packed_base: Mapping[str, Any] = field(repr=False)
    keys: tuple[str, ...] = field(repr=False)
    positions: Mapping[str, int] = field(repr=False)
    tokens: Mapping[str, int] = field(repr=False)
    pack: int = 1
    max_tokens: int | None = None
    per_byte: float = PER_BYTE
    secrets: tuple[str, ...] = ()

    @property
    def model(self) -> str:
        """The model's id."""
        return str(self.base["model"])

    @property
    def has_limit(self) -> bool:
        """Whether the user gave `--max-tokens`."""
        return _LIMIT in self.base

    def with_max_tokens(self, count: int | None) -> RequestPlan:
        """Return the plan with a limit on its answers, unless the user gave one."""
        return self if self.has_limit else replace(self, max_tokens=count)

    def requests(
        self, done: Iterable[str] = (), most_tokens: int | None = None
    ) -> Iterator[RowRequest]:
        """Yield the requests for all rows but some, in their order, each row once.

        Parameters
        ----------
        done : iterable of str
            The keys of rows that need no answer: those in the journal.
        most_tokens : int, optional
            The most tokens for the prompt of several rows.
        """
        for keys, _ in self.batches(done, most_tokens):
            yield self.request_for(keys)

    def batches(
        self, done: Iterable[str] = (), most_tokens: int | None = None
    ) -> Iterator[tuple[list[str], int]]:
        """Yield the keys of the rows in each request, and about how many tokens it takes.

        Parameters
        ----------
        done, most_tokens
            As for `requests`.
        """
        finished = frozenset(done)
        room = most_tokens if most_tokens is not None else math.inf
        keys: list[str] = []
        for key in self.positions:
            if key in finished:
                continue
            if len(keys) == self.pack or (keys and self._tokens_of([*keys, key]) > room):
                yield keys, self._tokens_of(keys)
                keys = []
            keys.append(key)
        if keys:
            yield keys, self._tokens_of(keys)

    def request_for(self, keys: Sequence[str]) -> RowRequest:
        """Return the request for some rows: packed for several, else as for a row alone."""
        rows = [self.prompts.row(self.positions[key]) for key in keys]
        base = self.base
        blocks = [row.block for row in rows]
        if len(rows) > 1:
            base = self.packed_base
            blocks = [row.numbered(number) for number, row in enumerate(rows, 1)]
        request = _with_row(base, "\n\n".join(blocks))
        if self.max_tokens is not None:
            request[_LIMIT] = self.max_tokens
        return RowRequest(tuple(keys), request, self._tokens_of(keys))

    def _tokens_of(self, keys: Sequence[str]) -> int:
        alone, packed = self._around
        around = packed if len(keys) > 1 else alone
        return around + sum(self.tokens[key] - alone for key in keys)

    @cached_property
    def _around(self) -> tuple[int, int]:
        """The tokens of the requests for one row and for several, without rows."""
        return (
            tokens_of(self.base, self.per_byte),
            tokens_of(self.packed_base, self.per_byte),
        )

    def oversized(self, limit: int) -> tuple[OversizedRow, ...]:
        """Return the rows whose requests certainly take more tokens than a limit.

        Parameters
        ----------
        limit : int
            The model's window, or the tokens a minute.
        """
        answer = self.max_tokens or self.base.get(_LIMIT) or 0
        return tuple(
            OversizedRow(key, self.prompts.rows.label(position), self.tokens[key] + answer)
            for key, position in self.positions.items()
            if self.tokens[key] * _SURELY + answer > limit
        )

    def rest(self, _sent: RowRequest, keys: tuple[str, ...]) -> tuple[RowRequest, ...]:
        """Return the request for those rows of a request that have no answer yet.

        Parameters
        ----------
        _sent : RowRequest
        keys : tuple of str
            The keys of those rows.
        """
        return (self.request_for(keys),) if keys else ()

    def split(self, sent: RowRequest, answer: RowAnswer) -> Split:
        """Return the answers to the rows of a request, and what to ask again.

        Rows of a pack without a valid answer are asked alone. An answer that ended at the limit
        known from a sample, or failed with that limit, is asked again without it.
        """
        if len(sent.keys) > 1:
            return self._split_pack(sent, answer)
        (key,) = sent.keys
        is_cut = answer.finish_reason == _CUT
        # For JSON that is cut off the service returns an error.
        may_be_cut = is_cut or bool(answer.error)
        if may_be_cut and not self.has_limit and _LIMIT in sent.request:
            request = {name: each for name, each in sent.request.items() if name != _LIMIT}
            return Split({}, (replace(sent, request=request),))
        return Split({key: answer if answer.error else self._checked(answer, is_cut=is_cut)})

    def _checked(self, answer: RowAnswer, *, is_cut: bool) -> RowAnswer:
        if answer.text.startswith(UNSCRIPTED):
            return replace(answer, error=NOT_SCRIPTED)
        if is_cut:
            return replace(answer, error="The answer ended at the token limit.")
        try:
            self.answer_type.read(answer.text)
        except Mismatch as mismatch:
            return replace(answer, error=mismatch.shown())
        return answer

    def _split_pack(self, sent: RowRequest, answer: RowAnswer) -> Split:
        is_cut = answer.finish_reason == _CUT or bool(answer.error)
        texts = self.answer_type.split(answer.text, len(sent.keys), is_cut=is_cut)
        shares = _shares(answer.usage, len(sent.keys))
        answers = {
            sent.keys[position]: RowAnswer(text, "stop", shares[position], answer.model, "")
            for position, text in sorted(texts.items())
        }
        # A batch answers a day later: some of a pack's rows may no longer be in the data.
        left = [key for key in sent.keys if key not in answers and key in self.positions]
        # The limit known from packs doesn't apply to single rows.
        alone = replace(self, max_tokens=None)
        return Split(answers, tuple(alone.request_for([key]) for key in left))


def tokens_of(request: Mapping[str, Any], per_byte: float) -> int:
    """Return about how many tokens the prompt of a request takes, its schema included.

    Parameters
    ----------
    request : mapping
    per_byte : float
        Tokens of a byte of text.
    """
    size = sum(size_of(text_in(each)) for each in request["messages"])
    size += size_of(json.dumps(request.get("response_format", "")))
    return TOKENS_AROUND_A_MESSAGE * len(request["messages"]) + math.ceil(size * per_byte)


def _with_row(base: Mapping[str, Any], block: str) -> dict[str, Any]:
    *before, last = base["messages"]
    return {
        **base,
        "messages": [*before, {**last, "content": f"{last['content']}\n\n{block}"}],
    }


def _shares(usage: Usage | None, count: int) -> list[Usage | None]:
    """Split the tokens of a request among its rows; the shares add up to the total."""
    if usage is None:
        return [None] * count

    def share(tokens: int, position: int) -> int:
        return tokens * (position + 1) // count - tokens * position // count

    shares: list[Usage | None] = []
    for position in range(count):
        prompt, answer, reasoning, cached = (
            share(tokens, position)
            for tokens in (
                usage.prompt_tokens,
                usage.completion_tokens,
                usage.reasoning_tokens,
                usage.cached_tokens,
            )
        )
        shares.append(Usage(prompt, answer, prompt + answer, reasoning, cached))
    return shares
