"""Images in prompts: pictures, figures and arrays as the service takes them."""

from __future__ import annotations

import base64
import io
import math
import re
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from groq_magic.clipping import clip, is_a, plain, tried, type_name
from groq_magic.errors import PromptError

if TYPE_CHECKING:
    from PIL.Image import Image

__all__ = ["MOST_IMAGES", "PromptImage", "image_of", "is_image"]

# Of the model that sees (groq-api.md §2).
MOST_IMAGES = 3
_LONGEST_SIDE = 2_048  # pixels
# Of each image, encoded: three of them stay below the 20 MB of a request by far.
_MOST_BYTES = 3_000_000
# A drawing stays sharp as PNG; a photograph of that size is smaller as JPEG.
_MOST_BYTES_OF_PNG = 1_000_000
_QUALITIES = (90, 75, 60)
_LONGEST_FILE = 100_000_000  # bytes
_LONGEST_SIDE_OF_THUMBNAIL = 160  # pixels
_WEB = re.compile(r"https?://\S+", re.IGNORECASE)
_REMEDY = "It takes a path, a web address, a figure, a PIL image, an IPython Image, or an array."


@dataclass(frozen=True)
class PromptImage:
    """An image as it is sent.

    Parameters
    ----------
    name : str
        As the user named it.
    url : str
        A `data:` URL, or the web address that the service fetches it from.
    width, height : int
        Pixels; 0 of a web address.
    thumbnail : str
        A `data:` URL of a small version, "" of a web address.
    """

    name: str
    url: str = field(repr=False)
    width: int = 0
    height: int = 0
    thumbnail: str = field(default="", repr=False)

    @property
    def part(self) -> dict[str, Any]:
        """The part of a message that holds it."""
        return {"type": "image_url", "image_url": {"url": self.url}}

    @property
    def size(self) -> str:
        """Its size in words, width first; "" of a web address."""
        return f"{self.width} \N{MULTIPLICATION SIGN} {self.height}" if self.width else ""

    @property
    def left_out(self) -> str:
        """What stands for it in later turns."""
        return f"[image: {self.size or self.name}, left out]"


def is_image(value: Any) -> bool:
    """Whether `{{name}}` of a value sends a picture: a figure, axes, or an image."""
    module = type(value).__module__
    if _is_figure(value) or _is_axes(value):
        return True
    return (module.startswith("PIL.") and hasattr(value, "save")) or (
        module == "IPython.core.display" and type_name(value) == "Image"
    )


def image_of(name: str, value: Any) -> PromptImage:
    """Return a value as an image of a prompt; the user's own code may run here.

    Parameters
    ----------
    name : str
        As the user named it.
    value : object
        A path or a web address as text, bytes, a `Path`, a PIL image, a matplotlib figure or
        axes, an IPython `Image`, or an array of grey, RGB or RGBA pixels.

    Raises
    ------
    PromptError
        When it is none of these, can't be read, or Pillow is missing.
    """
    if is_a(value, str) and _WEB.fullmatch(plain(value).strip()):
        return PromptImage(name, plain(value).strip())
    if type_name(value) == "Image" and tried(lambda: value.url and not value.data, otherwise=False):
        return PromptImage(name, str(value.url))
    try:
        with warnings.catch_warnings():
            # A picture of a hundred million pixels is scaled down in any case.
            warnings.simplefilter("ignore")
            return _encoded(name, _opened(name, value))
    except (PromptError, KeyboardInterrupt):
        raise
    except ImportError:
        happened = "An image needs Pillow, which isn't installed."
        remedy = "Run `%pip install Pillow`, then this cell again."
    except BaseException as error:  # noqa: BLE001 - a user's code may raise anything
        happened = f"{name} can't be read as an image ({type_name(error)}: {_text(error)})."
        remedy = _REMEDY
    # Raised outside of `except` it has no context: the error may quote a value.
    raise PromptError(happened, remedy)


def _text(error: BaseException) -> str:
    return clip(" ".join(tried(lambda: str(error), "").split()), 120)


def _opened(name: str, value: Any) -> Image:
    from PIL import Image

    if is_a(value, Path) or is_a(value, str):
        return _of_file(name, Path(plain(value)) if is_a(value, str) else value)
    if is_a(value, bytes, bytearray):
        return Image.open(io.BytesIO(bytes(value)))
    if is_a(value, Image.Image):
        found: Image.Image = value
        return found
    if _is_axes(value):
        value = value.figure
    if _is_figure(value):
        written = io.BytesIO()
        value.savefig(written, format="png", bbox_inches="tight", facecolor="white")
        return Image.open(written)
    if type_name(value) == "Image" and is_a(tried(lambda: value.data, None), bytes):
        return Image.open(io.BytesIO(value.data))
    if hasattr(type(value), "__array_interface__") or hasattr(type(value), "__array__"):
        return _of_array(name, value)
    raise PromptError(f"{name} is of type {type_name(value)}, no image.", _REMEDY)


def _of_file(name: str, path: Path) -> Image:
    from PIL import Image

    path = path.expanduser()
    if not path.is_file():
        raise PromptError(f"There is no file {clip(str(path), 100)}.", _REMEDY)
    if path.stat().st_size > _LONGEST_FILE:
        raise PromptError(f"{name} has more than 100 MB.", "Scale it down first.")
    return Image.open(path)


def _of_array(name: str, value: Any) -> Image:
    """Return an array of pixels as an image; numbers that are no bytes are spread over them."""
    import numpy as np
    from PIL import Image

    pixels = np.asarray(value)
    if pixels.ndim == 3 and pixels.shape[2] == 1:  # noqa: PLR2004 - height, width, one channel
        pixels = pixels[:, :, 0]
    is_picture = pixels.ndim == 2 or (pixels.ndim == 3 and pixels.shape[2] in {3, 4})  # noqa: PLR2004 - grey, RGB, RGBA
    if not is_picture or not pixels.size or pixels.dtype.kind not in "buif":
        shape = " \N{MULTIPLICATION SIGN} ".join(map(str, pixels.shape))
        raise PromptError(
            f"{name} is an array of {shape or 'one value'}, no picture.",
            "A picture has rows, columns, and 3 or 4 channels for colours.",
        )
    if pixels.dtype != np.uint8:
        pixels = np.nan_to_num(pixels.astype(float), posinf=0, neginf=0)
        low, high = min(0.0, pixels.min()), pixels.max()
        high = 255.0 if 1 < high <= 255 and low == 0 else max(1.0, high)  # noqa: PLR2004 - bytes
        pixels = ((pixels - low) * (255 / (high - low))).astype(np.uint8)
    return Image.fromarray(np.ascontiguousarray(pixels))


def _encoded(name: str, image: Image) -> PromptImage:
    """Return an image as it is sent: scaled, upright, on white, without what its file says."""
    from PIL import Image, ImageOps

    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):  # more than 256 greys
        image = _of_array(name, image)
    image.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    if image.mode not in {"RGB", "L"}:
        coloured = image.convert("RGBA")
        image = Image.new("RGB", coloured.size, "white")
        image.paste(coloured, mask=coloured.getchannel("A"))
    small = image.copy()
    small.thumbnail((_LONGEST_SIDE_OF_THUMBNAIL, _LONGEST_SIDE_OF_THUMBNAIL))
    return PromptImage(name, _data_url(image), image.width, image.height, _data_url(small))


def _data_url(image: Image) -> str:
    for kind, quality, most in (
        ("PNG", 100, _MOST_BYTES_OF_PNG),
        *(("JPEG", quality, _MOST_BYTES) for quality in _QUALITIES),
    ):
        written = io.BytesIO()
        image.save(written, kind, quality=quality, optimize=True)
        if written.tell() <= most:
            encoded = base64.b64encode(written.getvalue()).decode("ascii")
            return f"data:image/{kind.lower()};base64,{encoded}"
    half = math.ceil(image.width / 2), math.ceil(image.height / 2)
    return _data_url(image.resize(half))


def _is_figure(value: Any) -> bool:
    return _is_of(value, "matplotlib.figure", "FigureBase")


def _is_axes(value: Any) -> bool:
    return _is_of(value, "matplotlib.axes._base", "_AxesBase")


def _is_of(value: Any, module: str, name: str) -> bool:
    # A value of a type is there only once its module was imported.
    kind = getattr(sys.modules.get(module), name, None)
    return isinstance(kind, type) and is_a(value, kind)
