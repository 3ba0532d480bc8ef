"""The requests of a map to one model: which rows each contains, and how to read its answer."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

from groq_magic.api.request import size_of
from groq_magic.conversation import TOKENS_AROUND_A_MESSAGE, text_in
from groq_magic.ledger.usage import Usage
from groq_magic.mapping.sending.row_request import RowAnswer, RowRequest, Split
from groq_magic.practice import UNSCRIPTED
from groq_magic.schemas import Mismatch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from groq_magic.mapping.data.prompts import RowPrompts
    from groq_magic.mapping.requests.answer_type import AnswerType

__all__ = [
    "NOT_SCRIPTED",
    "PER_BYTE",
    "OversizedRow",
    "RequestPlan",
    "count_rows",
    "tokens_of",
]

# The error of a row that practice mode has no answer for.
NOT_SCRIPTED = "Practice mode: no entry of the script matches."

PER_BYTE = 0.25
# The real number of tokens is at least this part of the estimate.
_LEAST_PART = 0.9
_CUT = "length"
_LIMIT = "max_completion_tokens"


@dataclass(frozen=True)
class OversizedRow:
    """A row that is too long for a limit.

    Parameters
    ----------
    key : str
    label : str
        The row's label in the index.
    tokens : int
        An estimate of its request's tokens.
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
        For each row its key in the journal; equal rows have equal keys.
    positions : mapping of str to int
        The position of the first row with each key.
    tokens : mapping of str to int
        An estimate of the prompt's tokens for each key.
    pack : int
        The most rows in one request.
    max_tokens : int or None
        A limit on answers, known from the first ones; not part of the keys.
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
        """Whether `--max-tokens` is set."""
        return _LIMIT in self.base

    def with_max_tokens(self, count: int | None) -> RequestPlan:
        """Return the plan with a limit on answers, unless `--max-tokens` is set."""
        return self if self.has_limit else replace(self, max_tokens=count)

    def requests(self, done: Iterable[str] = ()) -> Iterator[RowRequest]:
        """Yield the requests for the rows, in their order; equal rows are asked once.

        Parameters
        ----------
        done : iterable of str
            The keys of rows to leave out.
        """
        for keys, _ in self.packs(done):
            yield self.request_for(keys)

    def packs(self, done: Iterable[str] = ()) -> Iterator[tuple[tuple[str, ...], int]]:
        """Yield the keys of the rows in each request, and an estimate of its prompt's tokens.

        Parameters
        ----------
        done : iterable of str
            The keys of rows to leave out.
        """
        finished = frozenset(done)
        keys = (key for key in self.positions if key not in finished)
        while pack := tuple(islice(keys, self.pack)):
            yield pack, self._tokens_of(pack)

    def request_for(self, keys: Sequence[str]) -> RowRequest:
        """Return the request for one row, or for several rows packed together."""
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
        """Return the rows whose requests certainly take more tokens than a limit."""
        answer = self.max_tokens or self.base.get(_LIMIT) or 0
        return tuple(
            OversizedRow(key, self.prompts.rows.label(position), self.tokens[key] + answer)
            for key, position in self.positions.items()
            if self.tokens[key] * _LEAST_PART + answer > limit
        )

    def split(self, sent: RowRequest, answer: RowAnswer) -> Split:
        """Return the answers to the rows of a request, and what to ask again.

        Rows of a pack without a valid answer are asked alone. A row whose answer ended or failed
        at the limit `max_tokens` is asked again without that limit.
        """
        if len(sent.keys) > 1:
            return self._split_pack(sent, answer)
        (key,) = sent.keys
        is_cut = answer.finish_reason == _CUT
        # For incomplete JSON the service returns an error.
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
        # A batch is answered a day later: some of its rows may no longer be in the data.
        left = [key for key in sent.keys if key not in answers and key in self.positions]
        # The limit is for packs, not for single rows.
        alone = replace(self, max_tokens=None)
        return Split(answers, tuple(alone.request_for([key]) for key in left))


def count_rows(plans: Iterable[RequestPlan], keys: Iterable[Collection[str]]) -> int:
    """Return the number of the data's rows with one of the keys.

    Parameters
    ----------
    plans : iterable of RequestPlan
        The plans for several models of the same data.
    keys : iterable of collection of str
        Keys of each plan.
    """
    return len(
        {
            position
            for plan, found in zip(plans, keys, strict=True)
            for position, key in enumerate(plan.keys)
            if key in found
        }
    )


def tokens_of(request: Mapping[str, Any], per_byte: float) -> int:
    """Return an estimate of a request's prompt tokens, with its schema.

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
