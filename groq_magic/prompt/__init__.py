"""Prompts: fill the session's values into braces, and summarise data for a model.

Pure: pandas, polars and numpy are never imported; a value can exist only if they are loaded.
"""

from groq_magic.prompt.expression import completions
from groq_magic.prompt.filled_prompt import FilledPrompt
from groq_magic.prompt.image import PromptImage
from groq_magic.prompt.named_value import IncludedValue, NamedValue, with_values
from groq_magic.prompt.privacy import UNKNOWN_LIMITS, Extent, Privacy
from groq_magic.prompt.private_values import PrivateValues
from groq_magic.prompt.summary import describe
from groq_magic.prompt.template import fill, fill_from, names_alone

__all__ = [
    "UNKNOWN_LIMITS",
    "Extent",
    "FilledPrompt",
    "IncludedValue",
    "NamedValue",
    "Privacy",
    "PrivateValues",
    "PromptImage",
    "completions",
    "describe",
    "fill",
    "fill_from",
    "names_alone",
    "with_values",
]
