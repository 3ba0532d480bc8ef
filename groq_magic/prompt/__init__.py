"""Prompts: values of the session put between the braces, and data summarised for a model.

Pure: pandas and numpy are looked for among the loaded modules, never imported.
"""

from groq_magic.prompt.expression import completions
from groq_magic.prompt.summary import summarise
from groq_magic.prompt.template import Filled, Inserted, fill, fill_from

__all__ = ["Filled", "Inserted", "completions", "fill", "fill_from", "summarise"]
