"""Functions of the session that a model may call: their declarations, and calls with checks."""

from __future__ import annotations

from groq_magic.tools.function_tool import BadArgumentsError, FunctionTool, tool_of

__all__ = ["BadArgumentsError", "FunctionTool", "tool_of"]
