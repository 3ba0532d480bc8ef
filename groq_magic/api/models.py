"""The models of a key, and the choice of one by the task."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from groq_magic.errors import ModelError
from groq_magic.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ALIASES", "RETIRED", "Catalogue", "Model", "catalogue_of", "offline_catalogue"]

GENERAL = "openai/gpt-oss-120b"
SMALL = "openai/gpt-oss-20b"
_VISION = "qwen/qwen3.8-27b"

# Ids in older tutorials, and their replacements: Groq's deprecation page as of 2026-10-01. An id
# that a key's own `/models` lists is not retired for that key.
RETIRED = MappingProxyType(
    {
        "llama-3.1-70b-versatile": GENERAL,
        "llama-3.3-70b-versatile": GENERAL,
        "llama3-70b-8192": GENERAL,
        "llama-3.1-8b-instant": SMALL,
        "llama3-8b-8192": SMALL,
        "mixtral-8x7b-32768": GENERAL,
        "deepseek-r1-distill-llama-70b": GENERAL,
        "gemma-7b-it": SMALL,
        "gemma2-9b-it": SMALL,
        "meta-llama/llama-4-maverick-17b-128e-instruct": _VISION,
        "meta-llama/llama-4-scout-17b-16e-instruct": _VISION,
        "moonshotai/kimi-k2-instruct": GENERAL,
        "moonshotai/kimi-k2-instruct-0905": GENERAL,
        "qwen/qwen3-32b": GENERAL,
        "qwen/qwen3.6-27b": _VISION,
        "groq/compound": GENERAL,
        "groq/compound-mini": SMALL,
        "compound-beta": GENERAL,
        "compound-beta-mini": SMALL,
        "playai-tts": "canopylabs/orpheus-v1-english",
    }
)
ALIASES = MappingProxyType(
    {
        "fast": "the quickest answer: simple questions, many rows",
        "balanced": "the everyday choice",
        "reasoning": "problems that need thought",
        "vision": "questions about images",
    }
)
_NOT_CHAT = re.compile(r"whisper|orpheus|tts|prompt-guard|embed", re.IGNORECASE)
# A size such as 120b or 8x7b in an id: the only hint at speed that `/models` gives.
_SIZE = re.compile(r"(?<![\w.])(?:(\d+)x)?(\d+(?:\.\d+)?)b(?![\w])", re.IGNORECASE)
_GUARD = re.compile(r"guard", re.IGNORECASE)
# Enough tokens for a conversation and a summary of data.
_ROOMY = 32_000
# Longer or larger values are mistakes in the list.
_LONGEST_ID = 200
_LARGEST_WINDOW = 10**9


@dataclass(frozen=True)
class Model:
    """One item of `/models`; a missing property is None or empty."""

    id: str
    context_window: int | None = None
    max_completion_tokens: int | None = None
    features: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ("text",)
    outputs: tuple[str, ...] = ("text",)
    owned_by: str = ""

    @property
    def is_chat(self) -> bool:
        """Whether it answers chat requests with text."""
        is_text = "text" in self.outputs and "text" in (self.inputs or ("text",))
        return is_text and not _NOT_CHAT.search(self.id)

    @property
    def sees(self) -> bool:
        """Whether it takes images."""
        return "image" in self.inputs

    @property
    def size(self) -> float:
        """Billions of parameters by its id, infinity where the id has no size."""
        sizes = [float(many or 1) * float(each) for many, each in _SIZE.findall(self.id)]
        return max(sizes, default=float("inf"))

    @property
    def window(self) -> str:
        """The context window in words: `131k`; empty where unknown."""
        if self.context_window is None:
            return ""
        return f"{self.context_window // 1000}k"

    @property
    def label(self) -> str:
        """The id and its window, as the picker shows it."""
        return f"{self.id} · {self.window}" if self.window else self.id


@dataclass(frozen=True)
class Catalogue:
    """The models that a key has.

    Parameters
    ----------
    models : tuple of Model
        In the order in which a picker shows them.
    live : bool
        Whether it comes from `/models`, not from the offline table.
    """

    models: tuple[Model, ...]
    live: bool

    @property
    def chat(self) -> tuple[Model, ...]:
        """The models that answer prompts."""
        return tuple(model for model in self.models if model.is_chat)

    def get(self, model_id: str) -> Model | None:
        """Return the model with that id, None where it is not in the list."""
        return next((model for model in self.models if model.id == model_id), None)

    def resolve(self, name: str) -> str:
        """Return the id of a model: for an alias the chosen one, else `name` itself.

        Raises
        ------
        ModelError
            When the key has no model for that task.
        """
        if name not in ALIASES:
            return name
        chosen = self.choice(name)
        if chosen is None:
            does = "takes images" if name == "vision" else "answers prompts"
            raise ModelError(
                f"No model of this key {does}.", "`%groq_models` lists them; `-m ID` takes an id."
            )
        return chosen.id

    def choice(self, alias: str) -> Model | None:
        """Return the model for a kind of task, by features and window.

        `fast` is the smallest general chat model, `balanced` the default
        where the key has it, else the largest that reasons, like `reasoning`;
        `vision` is the one with the largest window among those that take
        images. Models with a small window, without tools where others have
        them, or without a size in the id (the only hint at speed) count only
        where there are no others.
        """
        general = [m for m in self.chat if not _GUARD.search(m.id)]
        if alias == "vision":
            seeing = [m for m in general if m.sees]
            return max(seeing, key=lambda m: m.context_window or 0, default=None)
        roomy = [m for m in general if (m.context_window or _ROOMY) >= _ROOMY] or general
        skilled = [m for m in roomy if "tools" in m.features] or roomy
        known = [m for m in skilled if m.size != float("inf")] or skilled
        if alias == "fast":
            texts = [m for m in known if not m.sees] or known
            return min(texts, key=lambda m: (m.size, m.id), default=None)
        if alias == "balanced" and (default := self.get(GENERAL)):
            return default
        able = [m for m in known if "reasoning" in m.features] or known
        return max(able, key=lambda m: (m.size, m.context_window or 0), default=None)

    def nearest(self, model_id: str) -> str:
        """Return the id to use instead of one that the service refuses."""
        replacement = _replacement_for(model_id)
        ids = [model.id for model in self.chat if model.id != model_id]
        if replacement and (replacement in ids or not ids):
            return replacement
        tails = {i.rpartition("/")[2]: i for i in ids} | {i: i for i in ids}
        close = difflib.get_close_matches(model_id, list(tails), n=1, cutoff=0.5)
        if close:
            return tails[close[0]]
        if GENERAL in ids or not ids:
            return GENERAL if model_id != GENERAL else SMALL
        return ids[0]


def model_of(item: Mapping[str, Any]) -> Model | None:
    """Return a `/models` item as a Model, None if it is malformed or not active."""
    model_id = item.get("id")
    if not isinstance(model_id, str) or item.get("active") is False:
        return None
    # An id with blanks or control characters can't be typed on a line.
    if not 0 < len(model_id) <= _LONGEST_ID or not model_id.isprintable() or " " in model_id:
        return None
    return Model(
        model_id,
        _count(item.get("context_window")),
        _count(item.get("max_completion_tokens")),
        _words(item.get("supported_features")),
        _words(item.get("input_modalities")),
        _words(item.get("output_modalities")) or ("text",),
        printable(str(item.get("owned_by") or ""))[:_LONGEST_ID],
    )


def offline_catalogue() -> Catalogue:
    """Return the models of Groq's page as of 2026-10-01, for when `/models` can't be asked."""
    oss = ("tools", "json_mode", "structured_outputs", "reasoning")
    return Catalogue(
        (
            Model(GENERAL, 131_072, 65_536, oss, owned_by="OpenAI"),
            Model(SMALL, 131_072, 65_536, oss, owned_by="OpenAI"),
            Model(
                "qwen/qwen3.8-27b",
                131_072,
                16_384,
                ("tools", "json_mode", "reasoning"),
                ("text", "image"),
                owned_by="Alibaba Cloud",
            ),
        ),
        live=False,
    )


def catalogue_of(items: Iterable[Mapping[str, Any]]) -> Catalogue:
    """Return the live catalogue, the default first and the rest by id."""
    by_id = {model.id: model for model in map(model_of, items) if model}
    models = sorted(by_id.values(), key=lambda m: (m.id != GENERAL, not m.is_chat, m.id))
    return Catalogue(tuple(models), live=True)


def _replacement_for(model: str) -> str | None:
    """Return the replacement of a retired id, None for an id not known as retired."""
    wanted = model.lower()
    for retired, replacement in RETIRED.items():
        if wanted in {retired, retired.rpartition("/")[2]}:
            return replacement
    return None


def _count(value: Any) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 < value <= _LARGEST_WINDOW else None


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return ()
    return tuple(word for word in value if isinstance(word, str))
