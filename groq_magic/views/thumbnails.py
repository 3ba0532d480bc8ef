"""Small versions of a prompt's images."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from groq_magic.prompt import PromptImage

__all__ = ["Thumbnail", "thumbnails_html", "thumbnails_of"]


@dataclass(frozen=True)
class Thumbnail:
    """A small version of an image.

    Parameters
    ----------
    name : str
        The user's name for the image.
    size : str
        The image's own size, in words.
    url : str
        A `data:` URL.
    """

    name: str
    size: str
    url: str = field(repr=False)


def thumbnails_of(images: Iterable[PromptImage]) -> tuple[Thumbnail, ...]:
    """Return the thumbnails of images; not of images on the web, as the page loads nothing."""
    return tuple(
        Thumbnail(each.name, each.size, each.thumbnail) for each in images if each.thumbnail
    )


def thumbnails_html(images: Iterable[Thumbnail]) -> str:
    """Return thumbnails as safe HTML, "" for none."""
    written = "".join(
        f'<img src="{escape(each.url)}" alt="Image sent: {escape(each.name)}" '
        f'title="{escape(f"{each.name}, {each.size}")}"> '
        for each in images
    )
    return f'<div class="groq-images">{written.rstrip()}</div>' if written else ""
