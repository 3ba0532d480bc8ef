"""Images in prompts: image files, figures and arrays, encoded for a request."""

from __future__ import annotations

import base64
import io
import math
import re
import sys
import threading
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a, plain, tried, type_name
from groq_magic.errors import PromptError
from groq_magic.prompt.named_value import IncludedValue
from groq_magic.prompt.scalars import is_of

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MOST_IMAGES", "PromptImage", "image_of", "is_image", "is_web_address"]

# The limit of the model that reads images (https://console.groq.com/docs/vision).
MOST_IMAGES = 3
_LONGEST_SIDE = 2_048  # pixels
# Per image: three of them, in base64, stay below 4 MB, the limit for a request with images on
# Groq's page about vision.
_MOST_BYTES = 950_000
# Of JPEG, tried in turn when the PNG is too large; a PNG keeps drawings sharp.
_QUALITIES = (90, 75, 60)
_LONGEST_FILE = 100_000_000  # bytes
_LONGEST_SIDE_OF_THUMBNAIL = 160  # pixels
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_LONGEST_NAME = 60
_MOST_PARTS = 9
# `catch_warnings` changes the process, and a figure can't be drawn in two threads at once.
_ONE_AT_A_TIME = threading.RLock()
_REMEDY = "Name a path, a web address, a figure, a PIL image, an IPython Image, or an array."


@dataclass(frozen=True)
class PromptImage:
    """An image as it is sent.

    Parameters
    ----------
    name : str
        The user's name for it.
    url : str
        A `data:` URL, or the web address that the service fetches it from.
    width, height : int
        Pixels; 0 for a web address.
    thumbnail : str
        A `data:` URL of a small version, "" for a web address.
    """

    name: str
    url: str = field(repr=False)
    width: int = 0
    height: int = 0
    thumbnail: str = field(default="", repr=False)

    @property
    def part(self) -> dict[str, Any]:
        """The image as a part of a message."""
        return {"type": "image_url", "image_url": {"url": self.url}}

    @property
    def size(self) -> str:
        """Its size in words, width first; "" for a web address."""
        return f"{self.width} \N{MULTIPLICATION SIGN} {self.height}" if self.width else ""

    @property
    def left_out(self) -> str:
        """The text that replaces it in later turns."""
        return f"[image: {self.size or clip(self.name, _LONGEST_NAME)}, left out]"

    @property
    def included(self) -> IncludedValue:
        """Its name and size."""
        return IncludedValue(clip(self.name, _LONGEST_NAME), 0, self.size or "by address")


def is_image(value: Any) -> bool:
    """Whether `{{name}}` of a value sends an image: a figure, axes, or an image object."""
    is_other = _is_of(value, "PIL.Image", "Image") or _is_ipython_image(value)
    return is_other or _is_figure(value) or _is_axes(value)


def is_web_address(text: str) -> bool:
    """Whether a text is a web address, from which the service fetches an image."""
    return _WEB.fullmatch(text.strip()) is not None


def image_of(name: str, value: Any) -> PromptImage:
    """Return a value as an image of a prompt; the user's own code may run here.

    Parameters
    ----------
    name : str
        The user's name for it.
    value : object
        A path or a web address as text, bytes, a `Path`, a PIL image, a matplotlib figure or
        axes, an IPython `Image`, or an array of grey, RGB or RGBA pixels.

    Raises
    ------
    PromptError
        When it is something else, can't be read, or Pillow is missing.
    """
    if is_a(value, str) and is_web_address(plain(value)):
        return PromptImage(name, plain(value).strip())
    if _is_ipython_image(value) and tried(lambda: value.url and not value.data, otherwise=False):
        return image_of(name, str(value.url))
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            # Pillow warns of huge images, which are scaled down in any case.
            warnings.simplefilter("ignore")
            return _encoded(name, _opened(name, value))
    except (PromptError, KeyboardInterrupt):
        raise
    except ImportError:
        happened = "An image needs Pillow, which isn't installed."
        remedy = "Run `%pip install Pillow`, then this cell again."
    except BaseException as error:  # noqa: BLE001 - a user's code may raise anything
        reason = f"({type_name(error)}: {_text(error)})"
        if type_name(error) == "UnidentifiedImageError":  # its message is an address in memory
            reason = "(its format is unknown)"
        happened = f"{name} can't be read as an image {reason}."
        remedy = _REMEDY
    # Raised outside of `except` it has no context, which may quote a value.
    raise PromptError(happened, remedy)


def _text(error: BaseException) -> str:
    return clip(" ".join(tried(lambda: str(error), "").split()), 120)


def _opened(name: str, value: Any) -> Image:
    from PIL import Image

    figure = _figure_of(value)
    if figure is not None:
        value = io.BytesIO()
        figure.savefig(value, format="png", bbox_inches="tight", facecolor="white")
        return Image.open(value)
    if _is_ipython_image(value):
        value = value.data
    if is_a(value, Path) or is_a(value, str):
        return _of_file(name, Path(plain(value)) if is_a(value, str) else value)
    if is_a(value, bytes, bytearray):
        return Image.open(io.BytesIO(bytes(value)))
    if is_a(value, Image.Image):
        found: Image.Image = value
        return found
    if hasattr(type(value), "__array_interface__") or hasattr(type(value), "__array__"):
        return _of_array(name, value)
    raise PromptError(f"{name} isn't an image: its type is {type_name(value)}.", _REMEDY)


def _figure_of(value: Any) -> Any:
    """Return a figure, or the figure that a value is drawn on; None for any other value."""
    value = _first(value)
    if not (_is_figure(value) or _is_axes(value)):
        value = tried(lambda: value.figure, None)  # of seaborn's grids
    if not (_is_figure(value) or _is_axes(value)):
        return None
    for _ in range(_MOST_PARTS):  # axes, and parts of figures within parts
        if hasattr(type(value), "savefig"):
            break
        value = value.figure
    return value


def _of_file(name: str, path: Path) -> Image:
    from PIL import Image

    path = path.expanduser()
    if not path.is_file():
        raise PromptError(f"There is no file {clip(str(path), 100)}.", _REMEDY)
    if path.stat().st_size > _LONGEST_FILE:
        raise PromptError(f"{name} is larger than 100 MB.", "Scale it down first.")
    # Pillow would keep a file with several frames open.
    return Image.open(io.BytesIO(path.read_bytes()))


def _of_array(name: str, value: Any) -> Image:
    """Return an array of pixels as an image; other numbers are scaled to bytes."""
    import numpy as np
    from PIL import Image

    # numpy would read tables as arrays, and show their values as grey pixels.
    if any(is_of(value, module, "DataFrame", "Series") for module in ("pandas", "polars")):
        raise PromptError(
            f"{name} isn't an image: its type is {type_name(value)}.",
            "Name a table in the prompt: `{{df}}`.",
        )
    pixels = np.asarray(value)
    if pixels.ndim == 3 and pixels.shape[2] == 1:  # noqa: PLR2004 - height, width, one channel
        pixels = pixels[:, :, 0]
    has_shape = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in {3, 4})  # noqa: PLR2004 - grey, RGB, RGBA
    if not has_shape or not pixels.size or pixels.dtype.kind not in "buif":
        shape = " \N{MULTIPLICATION SIGN} ".join(map(str, pixels.shape))
        raise PromptError(
            f"{name} isn't an image: it is an array of {shape or 'one value'}.",
            "It needs rows and columns of numbers and, in colour, 3 or 4 channels.",
        )
    if pixels.dtype != np.uint8:
        # Large images are scaled down anyway, and floats take many times the memory.
        step = max(1, max(pixels.shape[:2]) // (2 * _LONGEST_SIDE))
        pixels = pixels[::step, ::step]
        pixels = np.nan_to_num(pixels.astype(float), posinf=0, neginf=0)
        low, high = min(0.0, pixels.min()), pixels.max()
        high = 255.0 if 1 < high <= 255 and low == 0 else max(1.0, high)  # noqa: PLR2004 - bytes
        pixels = ((pixels - low) * (255 / (high - low))).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(pixels))


def _encoded(name: str, image: Image) -> PromptImage:
    """Return an image as it is sent: scaled, upright, on white, without its file's metadata."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):  # more than 256 greys
        image = _of_array(name, image)
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    if image.mode not in {"RGB", "L"} or "transparency" in image.info:
        coloured = image.convert("RGBA")
        image = Image.new("RGB", coloured.size, "white")
        image.paste(coloured, mask=coloured.getchannel("A"))
    # Comments and colour profiles would be written into the new file.
    image.info = {}
    small = image.copy()
    small.thumbnail((_LONGEST_SIDE_OF_THUMBNAIL, _LONGEST_SIDE_OF_THUMBNAIL))
    return PromptImage(name, _data_url(image), image.width, image.height, _data_url(small))


def _data_url(image: Image) -> str:
    # The first encoding that is small enough.
    for kind, quality in (("PNG", 100), *(("JPEG", quality) for quality in _QUALITIES)):
        written = io.BytesIO()
        image.save(written, kind, quality=quality, optimize=True)
        if written.tell() <= _MOST_BYTES:
            encoded = base64.b64encode(written.getvalue()).decode("ascii")
            return f"data:image/{kind.lower()};base64,{encoded}"
    half = math.ceil(image.width / 2), math.ceil(image.height / 2)
    return _data_url(image.resize(half))


def _is_figure(value: Any) -> bool:
    return _is_of(value, "matplotlib.figure", "FigureBase")


def _is_axes(value: Any) -> bool:
    """Whether a value is axes, or the array of them that `plt.subplots(2, 2)` returns."""
    return _is_of(_first(value), "matplotlib.axes._base", "_AxesBase")


def _first(value: Any) -> Any:
    """Return the first object of an array of objects, any other value as it is."""

    def first() -> Any:
        return value.flat[0] if value.dtype.hasobject and value.size else value

    # A subclass may raise from any of these.
    return tried(first, value) if _is_of(value, "numpy", "ndarray") else value


def _is_ipython_image(value: Any) -> bool:
    return _is_of(value, "IPython.core.display", "Image")


def _is_of(value: Any, module: str, name: str) -> bool:
    # A value can only exist once the module of its type is imported.
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and is_a(value, kind)
