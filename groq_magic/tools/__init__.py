"""Functions of the session that a model may call: their declarations and checked calls."""

from __future__ import annotations

from groq_magic.tools.function_tool import BadArgumentsError, FunctionTool, tool_of
from groq_magic.tools.tool_set import NO_TOOLS, ToolSet, tool_set_of

__all__ = ["NO_TOOLS", "BadArgumentsError", "FunctionTool", "ToolSet", "tool_of", "tool_set_of"]
