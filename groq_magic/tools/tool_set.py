"""The tools of one ask: functions of the session, and tools that run at the service."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a
from groq_magic.errors import OptionError
from groq_magic.session_types import tool_name
from groq_magic.tools.function_tool import FunctionTool, tool_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["AT_SERVICE", "NO_TOOLS", "ToolSet", "tool_set_of"]

# Tools that run at Groq, on the gpt-oss models
# (https://console.groq.com/docs/tool-use/built-in-tools).
AT_SERVICE = ("browser_search", "code_interpreter")
_CLOSE = 0.6


@dataclass(frozen=True)
class ToolSet:
    """The tools of one ask.

    Parameters
    ----------
    functions : tuple of FunctionTool
    at_service : tuple of str
        The service's own tools, by name.
    """

    functions: tuple[FunctionTool, ...] = ()
    at_service: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.functions or self.at_service)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all tools."""
        return (*(each.name for each in self.functions), *self.at_service)

    def get(self, name: str) -> FunctionTool | None:
        """Return the function of this name, or None."""
        return next((each for each in self.functions if each.name == name), None)

    def without_defaults(self) -> ToolSet:
        """Return the tools without the default values of their parameters."""
        return replace(self, functions=tuple(each.without_defaults() for each in self.functions))

    def declarations(self) -> list[dict[str, Any]]:
        """Return the tools as a request contains them."""
        functions = [each.declaration() for each in self.functions]
        return [*functions, *({"type": name} for name in self.at_service)]


NO_TOOLS = ToolSet()


def tool_set_of(given: Sequence[Any], namespace: Mapping[str, Any]) -> ToolSet:
    """Return the tools that `--tools` names.

    Parameters
    ----------
    given : sequence of str or callable
    namespace : Mapping of str to Any
        The user's variables. A function among them comes before a tool of the service.

    Raises
    ------
    OptionError
        For an unknown name, and for a function that a model can't call.
    """
    functions: dict[str, FunctionTool] = {}
    at_service: dict[str, None] = {}
    for each in given:
        name = each if is_a(each, str) else tool_name(each)
        if is_a(each, str) and name not in namespace:
            if name not in AT_SERVICE:
                raise _missing(name, namespace)
            at_service[name] = None
            continue
        tool = tool_of(name, namespace[name] if is_a(each, str) else each)
        if name in functions and functions[name].function is not tool.function:
            raise OptionError(f"--tools: two functions are named {name}.", "Rename one.")
        functions[name] = tool
    return ToolSet(tuple(functions.values()), tuple(at_service))


def _missing(name: str, namespace: Mapping[str, Any]) -> OptionError:
    import difflib

    known = [key for key, value in namespace.items() if not key.startswith("_") and callable(value)]
    close = difflib.get_close_matches(name, [*known, *AT_SERVICE], n=1, cutoff=_CLOSE)
    remedy = f"Did you mean `{close[0]}`?" if close else "Define the function in a cell first."
    return OptionError(f"--tools: there is no function `{clip(name, 60)}`.", remedy)
