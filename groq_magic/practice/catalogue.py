"""The models that the practice server lists, and those it knows as retired."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CATALOGUE", "RETIRED", "Model", "find"]

_GPT_OSS_EFFORTS = ("low", "medium", "high")
_QWEN_EFFORTS = ("none", "default", "low", "medium", "high")


@dataclass(frozen=True)
class Model:
    """One model, with everything that a live `/models` item tells about it.

    Parameters
    ----------
    id, name, owner : str
    created : int
        Seconds since 1970.
    window, longest : int
        The context window and the longest completion, in tokens.
    takes, gives : tuple of str
        Input and output modalities.
    features : tuple of str
        The API's names: ``tools``, ``json_mode``, ``structured_outputs``, ``reasoning``.
    efforts : tuple of str
        The values of `reasoning_effort` that it accepts; empty where it has none.
    """

    id: str
    name: str
    owner: str
    created: int
    window: int
    longest: int
    takes: tuple[str, ...] = ("text",)
    gives: tuple[str, ...] = ("text",)
    features: tuple[str, ...] = ()
    efforts: tuple[str, ...] = ()

    @property
    def chats(self) -> bool:
        """Whether it answers chat completions."""
        return bool(self.features)

    @property
    def sees(self) -> bool:
        """Whether it takes images."""
        return "image" in self.takes

    @property
    def is_gpt_oss(self) -> bool:
        """Whether it is of the gpt-oss family, whose reasoning has a channel."""
        return self.id.startswith("openai/gpt-oss")

    def item(self) -> dict[str, object]:
        """Give the `/models` item."""
        return {
            "id": self.id,
            "object": "model",
            "created": self.created,
            "owned_by": self.owner,
            "active": True,
            "context_window": self.window,
            "max_completion_tokens": self.longest,
            "name": self.name,
            "input_modalities": list(self.takes),
            "output_modalities": list(self.gives),
            "supported_features": list(self.features),
        }


CATALOGUE = (
    Model(
        "openai/gpt-oss-120b",
        "GPT OSS 120B",
        "OpenAI",
        1754408224,
        131_072,
        65_536,
        features=("tools", "json_mode", "structured_outputs", "reasoning"),
        efforts=_GPT_OSS_EFFORTS,
    ),
    Model(
        "openai/gpt-oss-20b",
        "GPT OSS 20B",
        "OpenAI",
        1754407957,
        131_072,
        65_536,
        features=("tools", "json_mode", "structured_outputs", "reasoning"),
        efforts=_GPT_OSS_EFFORTS,
    ),
    Model(
        "openai/gpt-oss-safeguard-20b",
        "GPT OSS Safeguard 20B",
        "OpenAI",
        1761708789,
        131_072,
        65_536,
        features=("tools", "json_mode", "structured_outputs", "reasoning"),
        efforts=_GPT_OSS_EFFORTS,
    ),
    Model(
        "qwen/qwen3.8-27b",
        "Qwen 3.8 27B",
        "Alibaba Cloud",
        1788220800,
        131_072,
        16_384,
        takes=("text", "image"),
        features=("tools", "json_mode", "reasoning"),
        efforts=_QWEN_EFFORTS,
    ),
    Model(
        "whisper-large-v3",
        "Whisper",
        "OpenAI",
        1693721698,
        448,
        448,
        takes=("audio",),
    ),
    Model(
        "whisper-large-v3-turbo",
        "Whisper Large V3 Turbo",
        "OpenAI",
        1728413088,
        448,
        448,
        takes=("audio",),
    ),
    Model(
        "canopylabs/orpheus-v1-english",
        "Canopy Labs Orpheus V1 English",
        "Canopy Labs",
        1766186316,
        4_000,
        50_000,
        gives=("audio",),
    ),
    Model(
        "meta-llama/llama-prompt-guard-2-22m",
        "Prompt Guard 2 22M",
        "Meta",
        1748632101,
        512,
        512,
    ),
    Model(
        "meta-llama/llama-prompt-guard-2-86m",
        "Prompt Guard 2 86M",
        "Meta",
        1748632165,
        512,
        512,
    ),
)

RETIRED = frozenset(
    {
        "deepseek-r1-distill-llama-70b",
        "gemma2-9b-it",
        "groq/compound",
        "groq/compound-mini",
        "llama-3.1-70b-versatile",
        "llama-3.1-8b-instant",
        "llama-3.3-70b-versatile",
        "llama3-70b-8192",
        "llama3-8b-8192",
        "meta-llama/llama-4-maverick-17b-128e-instruct",
        "meta-llama/llama-4-scout-17b-16e-instruct",
        "mixtral-8x7b-32768",
        "moonshotai/kimi-k2-instruct-0905",
        "playai-tts",
        "qwen/qwen3-32b",
        "qwen/qwen3.6-27b",
    }
)


def find(model_id: str) -> Model | None:
    """Look a model up by its id."""
    return next((model for model in CATALOGUE if model.id == model_id), None)
