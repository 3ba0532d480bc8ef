"""Prompts: values of the session in place of the braces, and data summarised for a model.

Pure: pandas and numpy are looked for among the loaded modules, never imported.
"""

from groq_magic.prompt.expression import completions
from groq_magic.prompt.summary import summarise
from groq_magic.prompt.template import FilledPrompt, IncludedValue, fill, fill_from

__all__ = ["FilledPrompt", "IncludedValue", "completions", "fill", "fill_from", "summarise"]
