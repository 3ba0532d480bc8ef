"""Values whose classes misbehave: a text of bounded size comes of each, and nothing is raised."""

from __future__ import annotations

import collections
import dataclasses
import enum
import gc
import mmap
import pathlib
import types
import weakref
from typing import TYPE_CHECKING, Any
from unittest.mock import MagicMock

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from groq_magic.errors import PromptError
from groq_magic.prompt import completions, fill
from tests.unit.prompt.summaries import summarise

if TYPE_CHECKING:
    from collections.abc import Callable

LONGEST = 4_200


class Odd(BaseException):
    """What some extension modules raise: none of Exception's."""

    def __str__(self) -> str:
        raise RuntimeError("nor has it a text")


class OddText(str):
    __slots__ = ()

    def __getattribute__(self, name: str) -> Any:
        raise RuntimeError(name)

    def __len__(self) -> int:
        raise RuntimeError

    def __getitem__(self, key: Any) -> str:
        raise RuntimeError

    def __format__(self, spec: str) -> str:
        raise RuntimeError


def raising(error: BaseException | type[BaseException]) -> Callable[..., Any]:
    def method(*_: Any, **__: Any) -> Any:
        # A new one each time: its traceback would grow.
        raise type(error)(*error.args) if isinstance(error, BaseException) else error

    return method


def returning(value: Any) -> Callable[..., Any]:
    return lambda *_, **__: value


def recursing(*args: Any, **more: Any) -> Any:
    return recursing(*args, **more)


def printing(*_: Any, **__: Any) -> str:
    print("printed")  # noqa: T201 - that is what it is for
    return "shown"


BEHAVIOURS = {
    "raises": raising(RuntimeError("no")),
    "lacks": raising(AttributeError("no")),
    "exits": raising(SystemExit(3)),
    "is torn down": raising(GeneratorExit),
    "raises what is no Exception": raising(Odd()),
    "runs out of memory": raising(MemoryError),
    "returns None": returning(None),
    "returns a number": returning(5),
    "returns a long text": returning("x" * 3_000_000),
    "returns an odd text": returning(OddText("odd")),
    "returns a list": returning([1]),
    "recurses": recursing,
    "prints": printing,
}
METHODS = (
    *("__repr__", "__str__", "__len__", "__iter__", "__eq__", "__ne__", "__lt__", "__bool__"),
    *("__hash__", "__getattr__", "__getattribute__", "__dir__", "__format__", "__contains__"),
    *("__getitem__", "items", "keys", "__float__", "__int__", "__index__", "__array__"),
    *("shape", "dtype", "columns", "index", "iloc", "tolist", "ravel", "__reversed__"),
)
PROPERTIES = ("__class__", "__dict__", "__module__", "__name__", "_fields", "__doc__", "__self__")


class WithName(collections.namedtuple("WithName", "x y")):  # noqa: PYI024 - the untyped kind is what is met
    __slots__ = ()


@dataclasses.dataclass
class Data:
    x: int = 1
    y: int = 2


BASES: dict[type, tuple[Any, ...]] = {
    object: (),
    str: ("text",),
    int: (7,),
    float: (1.5,),
    list: ([1, 2],),
    dict: ({"a": 1},),
    tuple: ((1, 2),),
    set: ({1, 2},),
    WithName: (1, 2),
    Data: (),
    types.ModuleType: ("made",),
    type(pathlib.Path()): ("a/b",),
    np.ndarray: ((200,),),
    pd.DataFrame: ({"a": range(30), "b": ["x"] * 30},),
    pd.Series: (range(30),),
    KeyError: ("k",),
}


def value_of(base: type, names: dict[str, Any]) -> Any:
    """An instance of a class that misbehaves, or of one that can't be made: a class of its own."""
    made = type("Hostile", (base,), names)
    if base is np.ndarray:
        return np.arange(200.0).view(made)
    return made(*BASES[base])


def texts_of(value: Any) -> list[str]:
    """What becomes of a value, wherever it stands."""
    found = [
        summarise(value),
        summarise([value]),
        summarise({"k": value, "l": (value, {1: value})}),
    ]
    found.append(summarise(Data(value, value)))
    found += [fill("{{v}} {{ v }}", {"v": value}).text]
    array = np.empty(2, dtype=object)
    array[0] = value
    return [*found, summarise(array)]


def check(text: Any) -> None:
    assert type(text) is str
    assert 0 < len(text) <= 2 * LONGEST + 100_100


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__name__)
def test_a_method_that_misbehaves_breaks_no_prompt(base: type, behaviour: str) -> None:
    for method in METHODS:
        try:
            value = value_of(base, {method: BEHAVIOURS[behaviour]})
        except BaseException:  # noqa: BLE001, S112 - a value that can't be made can't be named
            continue
        check(summarise(value))
        check(summarise([value, {"k": value}]))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("base", BASES, ids=lambda base: base.__name__)
def test_a_property_that_misbehaves_breaks_no_prompt(base: type, behaviour: str) -> None:
    for name in PROPERTIES:
        try:
            value = value_of(base, {name: property(BEHAVIOURS[behaviour])})
        except BaseException:  # noqa: BLE001, S112 - as above
            continue
        check(summarise(value))
        check(summarise([value, {"k": value}]))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_class_whose_metaclass_misbehaves_breaks_no_prompt(behaviour: str) -> None:
    for name in (*METHODS, *PROPERTIES, "__mro__", "__subclasscheck__", "__instancecheck__"):
        for member in (BEHAVIOURS[behaviour], property(BEHAVIOURS[behaviour])):
            try:
                made = type("Meta", (type,), {name: member})("Made", (), {})
                value = made()
            except BaseException:  # noqa: BLE001, S112 - as above
                continue
            check(summarise(value))
            check(summarise([value, made]))
            if name in PROPERTIES:  # a class's source is slow to find
                check(summarise(made))


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("behaviour", BEHAVIOURS)
@pytest.mark.parametrize("method", METHODS)
def test_a_frame_with_such_cells_labels_and_rows_is_summarised(method: str, behaviour: str) -> None:
    try:
        value = type("Hostile", (), {method: BEHAVIOURS[behaviour]})()
        rows = np.empty(30, dtype=object)
        rows[:] = "fine"
        rows[3] = rows[4] = value
        frame = pd.DataFrame({"odd": rows, "fine": range(30)})
    except BaseException:  # noqa: BLE001 - as above
        return
    text = summarise(frame)
    check(text)
    assert text.startswith("DataFrame: 30 rows × 2 columns")
    assert "fine: int64, min 0, mean 14.5, max 29" in text
    check(summarise(frame.odd))
    for changed in ({"index": [value] * 30}, {"columns": [value, "b"]}):
        try:
            with_label = frame.set_axis(
                axis=next(iter(changed)), labels=next(iter(changed.values()))
            )
        except BaseException:  # noqa: BLE001, S112 - pandas itself can't take it
            continue
        check(summarise(with_label))


def dead_proxy() -> Any:
    proxy = weakref.proxy(Data())
    gc.collect()
    return proxy


def closed_file(tmp_path: pathlib.Path) -> Any:
    with (tmp_path / "f").open("w") as file:
        pass
    return file


def torn_down() -> Any:
    def count() -> Any:
        yield 1

    made = count()
    next(made)
    made.close()
    return made


class Colour(enum.Enum):
    RED = 1

    def __str__(self) -> str:
        raise RuntimeError


def lazy_module() -> Any:
    class Lazy(types.ModuleType):
        def __getattr__(self, name: str) -> Any:
            raise ImportError(f"can't load {name}")

        def __getattribute__(self, name: str) -> Any:
            raise ImportError(f"can't load {name}")

    return Lazy("lazy")


def nested(depth: int) -> Any:
    deep: Any = ()
    for _ in range(depth):
        deep = (deep,)
    return deep


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (MagicMock(spec=str), "<MagicMock spec='str'>"),
        (MagicMock(spec=pd.DataFrame), "<MagicMock spec='DataFrame'>"),
        (MagicMock(), "<MagicMock>"),
        (dead_proxy(), "<weakproxy"),
        (torn_down(), "<generator object"),
        (Colour.RED, "<Colour.RED: 1>"),
        (lazy_module(), "<"),
        (OddText("text"), "text"),
        (10**100_000, "<int of about 100,001 digits>"),
        (-(10**100_000), "<int of about 100,001 digits>"),
        ([10**100_000], "[<int of about 100,001 digits>]"),
        (np.array([10**100_000], dtype=object), "digits>"),
        (pd.Series([10**100_000], dtype=object), "digits>"),
        (nested(100_000), "<tuple…>"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_odd_values_are_named(value: Any, text: str) -> None:
    found = summarise(value)
    check(found)
    assert text in found


def test_a_closed_file_is_named(tmp_path: pathlib.Path) -> None:
    assert "TextIOWrapper" in summarise(closed_file(tmp_path))


def test_a_length_that_raises_leaves_the_length_out() -> None:
    class Endless(list[int]):
        def __len__(self) -> int:
            raise RuntimeError

    assert summarise(Endless(range(100_000))).startswith("Endless, in part:\n")


def test_an_unreadable_field_is_left_out_alone() -> None:
    @dataclasses.dataclass
    class Half:
        good: int = 1
        bad: int = 2

        def __getattribute__(self, name: str) -> Any:
            if name == "bad":
                raise SystemExit
            return object.__getattribute__(self, name)

    assert summarise(Half()) == "Half(good=1, bad=<reading it raised SystemExit>)"


@pytest.mark.parametrize("method", ["__repr__", "__str__", "__iter__", "__class__", "__len__"])
def test_an_interrupt_gets_through(method: str) -> None:
    stop = raising(KeyboardInterrupt)
    member = property(stop) if method == "__class__" else stop
    base = list if method in {"__iter__", "__len__"} else object
    value = type("Slow", (base,), {method: member, "__repr__": stop})()
    if method == "__len__":
        value.extend(range(100_000))
    with pytest.raises(KeyboardInterrupt):
        summarise(value)


@pytest.mark.parametrize("error", [RuntimeError("no"), SystemExit(3), Odd(), GeneratorExit()])
def test_an_attribute_that_can_not_be_read_is_refused_in_one_line(error: BaseException) -> None:
    value = type("Raises", (), {"price": property(raising(error)), "__getitem__": raising(error)})()
    for expression in ("v.price", "v[1]", 'v["k"]'):
        with pytest.raises(PromptError) as caught:
            fill(f"{{{{{expression}}}}}", {"v": value})
        assert type(error).__name__ in caught.value.happened
        assert completions(f"{expression}.x", {"v": value}) == []


def test_a_misspelled_name_beside_a_dead_proxy_is_refused_as_ever() -> None:
    with pytest.raises(PromptError, match="Did you mean `frame`"):
        fill("{{fram}}", {"proxy": dead_proxy(), "frame": 1})


@pytest.mark.parametrize("method", ["__dir__", "keys", "__getattribute__"])
def test_completion_gets_by_without_what_raises(method: str) -> None:
    value = type("Odd", (), {method: raising(SystemExit)})()
    assert completions("v.nam", {"v": value}) == []
    assert completions('v["k', {"v": value}) == []


@given(
    st.sampled_from(tuple(BASES)),
    st.dictionaries(st.sampled_from(METHODS), st.sampled_from(tuple(BEHAVIOURS)), min_size=2),
)
@pytest.mark.filterwarnings("ignore")
def test_several_that_misbehave_together_break_no_prompt(
    base: type, broken: dict[str, str]
) -> None:
    names = {method: BEHAVIOURS[behaviour] for method, behaviour in broken.items()}
    try:
        value = value_of(base, names)
    except BaseException:  # noqa: BLE001 - as above
        return
    for text in texts_of(value):
        assert type(text) is str


def test_what_is_mapped_from_a_closed_map_is_named() -> None:
    held = mmap.mmap(-1, 10)
    held.close()
    check(summarise(held))
