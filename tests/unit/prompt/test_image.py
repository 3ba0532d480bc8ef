"""Images in prompts: whatever they come from, as the service takes them."""

from __future__ import annotations

import base64
import io
import warnings
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import IPython.display
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure
from PIL import Image

from groq_magic.errors import PromptError
from groq_magic.prompt.image import PromptImage, image_of, is_image

if TYPE_CHECKING:
    from pathlib import Path

mpl.use("agg")
RED = (255, 0, 0)


def decoded(url: str) -> Image.Image:
    assert url.startswith(("data:image/png;base64,", "data:image/jpeg;base64,"))
    return Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2])))


def sent(value: Any) -> Image.Image:
    return decoded(image_of("x", value).url)


def make_image(width: int = 40, height: int = 20, mode: str = "RGB") -> Image.Image:
    return Image.new(mode, (width, height), "red" if mode in {"RGB", "RGBA", "P"} else 1)


def as_bytes(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    written = io.BytesIO()
    image.save(written, kind, **options)
    return written.getvalue()


def plotted() -> Figure:
    figure = Figure(figsize=(2, 1))
    figure.subplots().plot([1, 2])
    return figure


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"])
def test_a_file_of_any_kind_is_sent(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"red.{kind.lower()}"
    path.write_bytes(as_bytes(make_image(), kind))
    for value in (path, str(path), path.read_bytes()):
        found = image_of("x", value)
        assert (found.width, found.height) == (40, 20)
        pixel = sent(value).convert("RGB").getpixel((5, 5))
        assert all(abs(a - b) < 8 for a, b in zip(pixel, RED, strict=True))


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "L", "LA", "1", "CMYK", "I;16", "F", "HSV"])
def test_an_image_of_any_mode_is_sent(mode: str) -> None:
    assert sent(make_image(mode=mode)).size == (40, 20)


def test_what_is_transparent_is_white() -> None:
    clear = Image.new("RGBA", (8, 8), (0, 0, 0, 0))
    assert sent(clear).convert("RGB").getpixel((3, 3)) == (255, 255, 255)


def test_the_array_of_axes_of_a_grid_is_its_figure() -> None:
    grid = Figure(figsize=(2, 1)).subplots(2, 2)
    assert is_image(grid)
    assert sent(grid).size == sent(grid[0, 1]).size


def test_a_figure_its_axes_and_a_displayed_image_are_sent() -> None:
    figure = plotted()
    assert sent(figure).width > 100
    assert sent(figure.axes[0]).width > 100
    shown = IPython.display.Image(data=as_bytes(make_image()))
    assert sent(shown).size == (40, 20)
    assert [is_image(each) for each in (figure, figure.axes[0], shown, make_image())] == [True] * 4
    assert not any(map(is_image, ("a.png", b"", np.zeros((4, 4)), [1], None)))


def test_a_web_address_is_sent_as_it_is() -> None:
    for value in (
        "https://example.org/a.png",
        IPython.display.Image(url="https://example.org/a.png"),
    ):
        found = image_of("x", value)
        assert found == PromptImage("x", "https://example.org/a.png")
        assert (found.size, found.thumbnail) == ("", "")
        assert found.left_out == "[image: x, left out]"


def test_an_image_file_s_metadata_is_not_sent() -> None:
    exif = Image.Exif()
    exif[0x010E] = "home address"
    exif[0x0112] = 6  # turned by 90 degrees
    found = sent(as_bytes(make_image(), "JPEG", exif=exif))
    assert found.size == (20, 40)
    assert not found.getexif()


@pytest.mark.parametrize("side", [50, 1_500])
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_neither_a_comment_nor_a_profile_is_sent(side: int, kind: str) -> None:
    # The large one is sent as JPEG, which has comments.
    noise = np.random.default_rng(0).integers(0, 255, (side, side, 3), dtype=np.uint8)
    options = {"comment": b"SECRET"} if kind == "JPEG" else {}
    made = as_bytes(Image.fromarray(noise), kind, icc_profile=b"SECRET" * 20, **options)
    assert b"SECRET" in made or kind == "PNG"  # compressed there
    image = image_of("x", made)
    for url in (image.url, image.thumbnail):
        found = decoded(url)
        assert not {"comment", "icc_profile"} & set(found.info)


@pytest.mark.parametrize(("mode", "black"), [("RGB", (0, 0, 0)), ("L", 0)])
def test_a_colour_that_stands_for_transparent_is_white(mode: str, black: Any) -> None:
    made = as_bytes(Image.new(mode, (5, 5), black), "PNG", transparency=black)
    image = sent(made)
    assert "transparency" not in image.info
    assert image.convert("RGB").getpixel((0, 0)) == (255, 255, 255)


def test_the_users_own_image_stays_as_it_is() -> None:
    image = make_image(3_000, 20)
    image_of("x", image)
    assert image.size == (3_000, 20)


def test_a_large_image_is_scaled_and_stays_within_the_limits() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (4_000, 3_000, 3), dtype=np.uint8)
    found = image_of("x", noise)
    assert (found.width, found.height) == (1_536, 2_048)
    assert len(found.url) < 4_100_000
    assert max(decoded(found.thumbnail).size) == 160
    assert found.left_out == "[image: 1536 × 2048, left out]"


@pytest.mark.parametrize(
    ("array", "expected"),
    [
        (np.full((4, 4), 0.5), 127),
        (np.full((4, 4), 200), 200),
        (np.full((4, 4), fill_value=True), 255),
        (np.array([[-1.0, 1.0]] * 4), 0),
        (np.array([[np.nan, 1.0]] * 4), 0),
        (np.full((4, 4, 1), 7, dtype=np.uint8), 7),
    ],
)
def test_an_array_of_numbers_is_grey(array: Any, expected: int) -> None:
    assert sent(array).convert("L").getpixel((0, 0)) == expected


@given(
    st.tuples(st.integers(1, 9), st.integers(1, 9)),
    st.sampled_from([(), (1,), (3,), (4,)]),
    st.sampled_from(["uint8", "int64", "float32", "bool", "uint16"]),
    st.integers(0, 2**32 - 1),
)
def test_any_array_of_pixels_is_sent(
    size: tuple[int, int], channels: tuple[int, ...], kind: str, seed: int
) -> None:
    numbers = np.random.default_rng(seed).normal(0, 1_000, (*size, *channels)).astype(kind)
    assert sent(numbers).size == size[::-1]


class Broken:
    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("secret")


class Hostile(Figure):
    def savefig(self, *_: Any, **__: Any) -> None:
        raise SystemExit(3)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("nosuch.png", "There is no file nosuch.png."),
        (b"no image", "can't be read as an image (its format is unknown)."),
        (b"", "can't be read as an image"),
        (3, "x isn't an image: its type is int."),
        (None, "x isn't an image: its type is NoneType."),
        (np.zeros(4), "x isn't an image: it is an array of 4."),
        (np.zeros((2, 2, 2)), "x isn't an image: it is an array of 2 × 2 × 2."),
        (np.zeros((0, 4)), "x isn't an image: it is an array of 0 × 4."),
        (np.array([["a"]]), "x isn't an image: it is an array of 1 × 1."),
        (Broken(), "can't be read as an image (RuntimeError: secret)."),
        (Hostile(), "can't be read as an image (SystemExit: 3)."),
        (as_bytes(make_image())[:60], "can't be read as an image"),
    ],
)
def test_what_is_no_image_is_refused_in_one_line(value: Any, message: str) -> None:
    with pytest.raises(PromptError) as refused:
        image_of("x", value)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)
    assert refused.value.__context__ is None
    assert refused.value.remedy


def test_what_is_drawn_on_a_figure_is_that_figure() -> None:
    figure = Figure(figsize=(2, 1))
    part = figure.subfigures(1, 2)[0]
    axes = part.subplots()

    class Grid:
        def __init__(self) -> None:
            self.figure = figure

    assert {sent(each).size for each in (part, axes, Grid())} == {sent(figure).size}


def test_a_table_is_no_image() -> None:
    for table in (pd.DataFrame({"a": [1, 2]}), pd.Series([1, 2])):
        with pytest.raises(PromptError, match="isn't an image"):
            image_of("x", table)


@pytest.mark.slow
def test_three_images_fit_into_a_request() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (2_048, 2_048, 3), dtype=np.uint8)
    assert 3 * len(image_of("x", noise).url) < 4_000_000


@pytest.mark.slow
def test_an_image_of_a_hundred_million_pixels_is_scaled() -> None:
    huge = Image.new("L", (10_000, 10_000), 200)
    for value in (huge, as_bytes(huge, compress_level=1)):
        assert sent(value).size == (2_048, 2_048)
    # An array is thinned out before it is scaled: a long one to little.
    assert sent(np.broadcast_to(np.float64(0.5), (50_000, 2_000, 3))).size == (82, 2_048)


def test_threads_encode_at_once_and_leave_warnings_as_they_are() -> None:
    figure, before = plotted(), list(warnings.filters)
    with ThreadPoolExecutor(4) as threads:
        found = set(threads.map(lambda _: image_of("x", figure).url, range(12)))
    assert len(found) == 1
    assert warnings.filters == before
