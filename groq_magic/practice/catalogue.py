"""The models that the practice server lists, and those it knows as retired."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CATALOGUE", "RETIRED", "Model", "find"]


@dataclass(frozen=True)
class Model:
    """One model, as a live `/models` item describes it.

    Parameters
    ----------
    id, name, owner : str
    created : int
        Seconds since 1970.
    context_window, max_completion_tokens : int
    input_modality, output_modality : str
        ``text`` or ``audio``.
    features : tuple of str
        The API's names: ``tools``, ``json_mode``, ``structured_outputs``, ``reasoning``.
    efforts : tuple of str
        The values of `reasoning_effort` that it accepts; may be empty.
    takes_images : bool
        Whether it takes images besides text.
    """

    id: str
    name: str
    owner: str
    created: int
    context_window: int
    max_completion_tokens: int
    input_modality: str = "text"
    output_modality: str = "text"
    features: tuple[str, ...] = ()
    efforts: tuple[str, ...] = ()
    takes_images: bool = False

    @property
    def is_chat_model(self) -> bool:
        """Whether it answers chat completions."""
        return bool(self.features)

    @property
    def is_gpt_oss(self) -> bool:
        """Whether it is a gpt-oss model: these name the channel of their reasoning."""
        return self.id.startswith("openai/gpt-oss")

    def item(self) -> dict[str, object]:
        """Return the `/models` item."""
        return {
            "id": self.id,
            "object": "model",
            "created": self.created,
            "owned_by": self.owner,
            "active": True,
            "context_window": self.context_window,
            "max_completion_tokens": self.max_completion_tokens,
            "name": self.name,
            "input_modalities": [self.input_modality, *(["image"] if self.takes_images else [])],
            "output_modalities": [self.output_modality],
            "supported_features": list(self.features),
        }


def _gpt_oss(size: str, name: str, created: int) -> Model:
    return Model(
        f"openai/gpt-oss-{size}",
        f"GPT OSS {name}",
        "OpenAI",
        created,
        context_window=131_072,
        max_completion_tokens=65_536,
        features=("tools", "json_mode", "structured_outputs", "reasoning"),
        efforts=("low", "medium", "high"),
    )


_GUARD = "meta-llama/llama-prompt-guard-2-"

CATALOGUE = (
    _gpt_oss("120b", "120B", 1754408224),
    _gpt_oss("20b", "20B", 1754407957),
    _gpt_oss("safeguard-20b", "Safeguard 20B", 1761708789),
    Model(
        "qwen/qwen3.8-27b",
        "Qwen 3.8 27B",
        "Alibaba Cloud",
        1788220800,
        context_window=131_072,
        max_completion_tokens=16_384,
        features=("tools", "json_mode", "reasoning"),
        efforts=("none", "default", "low", "medium", "high"),
        takes_images=True,
    ),
    Model("whisper-large-v3", "Whisper", "OpenAI", 1693721698, 448, 448, "audio"),
    Model(
        "whisper-large-v3-turbo", "Whisper Large V3 Turbo", "OpenAI", 1728413088, 448, 448, "audio"
    ),
    Model(
        "canopylabs/orpheus-v1-english",
        "Canopy Labs Orpheus V1 English",
        "Canopy Labs",
        1766186316,
        context_window=4_000,
        max_completion_tokens=50_000,
        output_modality="audio",
    ),
    Model(f"{_GUARD}22m", "Prompt Guard 2 22M", "Meta", 1748632101, 512, 512),
    Model(f"{_GUARD}86m", "Prompt Guard 2 86M", "Meta", 1748632165, 512, 512),
)

RETIRED = frozenset(
    (
        *("deepseek-r1-distill-llama-70b", "gemma2-9b-it", "groq/compound", "groq/compound-mini"),
        *("llama-3.1-70b-versatile", "llama-3.1-8b-instant", "llama-3.3-70b-versatile"),
        *("llama3-70b-8192", "llama3-8b-8192", "mixtral-8x7b-32768", "playai-tts"),
        "meta-llama/llama-4-maverick-17b-128e-instruct",
        "meta-llama/llama-4-scout-17b-16e-instruct",
        *("moonshotai/kimi-k2-instruct-0905", "qwen/qwen3-32b", "qwen/qwen3.6-27b"),
    )
)


def find(model_id: str) -> Model | None:
    """Return the model with an id, None for an unknown one."""
    return next((model for model in CATALOGUE if model.id == model_id), None)
