"""Sanitise all HTML that we show: nothing in it runs, loads, sets ids or uses our classes."""

from __future__ import annotations

import re
import secrets
from types import MappingProxyType
from typing import TYPE_CHECKING

import nh3

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "CODE_STYLE",
    "RAW_TAGS",
    "VOID_TAGS",
    "balanced",
    "is_safe_image",
    "is_safe_url",
    "ours",
    "sanitise_saved",
    "sanitised",
]

# Tags that a model's own HTML may contain; others are shown as text.
RAW_TAGS = frozenset(
    """
    a abbr b bdi bdo blockquote br caption center cite code col colgroup dd del details dfn
    div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q rp rt
    ruby s samp section small span strike strong sub summary sup table tbody td tfoot th thead
    time tr tt u ul var wbr
    """.split()  # noqa: SIM905 - words read best as words
)
VOID_TAGS = frozenset({"br", "col", "hr", "img", "wbr", "input"})
_MATH_TAGS = frozenset(
    """
    math menclose merror mfenced mfrac mi mmultiscripts mn mo mover mpadded mphantom
    mprescripts mroot mrow ms mspace msqrt mstyle msub msubsup msup mtable mtd mtext mtr
    munder munderover none
    """.split()  # noqa: SIM905 - words read best as words
)
_EMPTIED_TAGS = frozenset(
    """
    script style iframe object embed template noscript title xmp noembed noframes
    """.split()  # noqa: SIM905 - words read best as words
)
_MATH_ATTRIBUTES = frozenset(
    """
    accent accentunder align columnalign columnlines columnspacing depth display displaystyle
    fence form frame height largeop linethickness lspace mathbackground mathcolor mathsize
    mathvariant maxsize minsize movablelimits notation rowalign rowlines rowspacing rspace
    scriptlevel separator stretchy symmetric voffset width
    """.split()  # noqa: SIM905 - words read best as words
)
_ALL_ATTRIBUTES = frozenset({"class", "title", "dir", "lang"})
_CELL_ATTRIBUTES = frozenset({"style", "align", "colspan", "rowspan"})
_ATTRIBUTES = MappingProxyType(
    {
        "a": {"href"},
        "img": {"src", "alt", "width", "height"},
        "ol": {"start", "reversed", "type"},
        "li": {"value"},
        "td": set(_CELL_ATTRIBUTES),
        "th": set(_CELL_ATTRIBUTES),
        "details": {"open"},
        "pre": {"style"},
        "time": {"datetime"},
        "input": {"type", "checked", "disabled", "aria-label"},
        "*": set(_ALL_ATTRIBUTES),
    }
    | {tag: set(_MATH_ATTRIBUTES) for tag in _MATH_TAGS}
)

_SAFE_URL = re.compile(r"(?:https?://|mailto:|#)[^\x00-\x20\x7f<>\"\\]*", re.IGNORECASE)
# Characters of an image's address: notebook and page both contain it.
_MAX_IMAGE = 2_000_000
_SAFE_IMAGE = re.compile(r"data:image/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+=*")
_PIXELS = re.compile(r"\d{1,4}%?")
# Pages without our style sheet leave no room around code.
CODE_STYLE = "padding-left: 10px; margin-bottom: 1em"
_STYLE = re.compile(rf"text-align: (?:start|left|center|right)|{CODE_STYLE}")
# Lengths of math and images too: three digits at most.
_MATH_VALUE = re.compile(r"(?!.*\d{4})[A-Za-z0-9 .#%+-]{0,60}")
_CHECKS = MappingProxyType(
    {
        "href": _SAFE_URL,
        "style": _STYLE,
        "start": re.compile(r"-?\d{1,9}"),
        "value": re.compile(r"-?\d{1,9}"),
        "colspan": re.compile(r"\d{1,3}"),
        "rowspan": re.compile(r"\d{1,3}"),
        "align": re.compile(r"left|center|right"),
        "dir": re.compile(r"ltr|rtl|auto"),
        "aria-label": re.compile(r"done|to do"),
    }
)
_REL = "noopener noreferrer nofollow"
# Classes that colour code and widen cells, the only ones accepted from a saved file.
_SAVED_CLASSES = MappingProxyType(
    {
        "code": re.compile(r"(?:highlight )?language-[A-Za-z0-9_+#.-]{1,40}"),
        "span": re.compile(r"[a-z][a-z0-9]{0,2}"),
        "td": re.compile(r"groq-long"),
        "th": re.compile(r"groq-long"),
    }
)
# Classes with this prefix are kept. A model can't know it: it is random in each process.
_OURS = f"{secrets.token_hex(8)} "


def ours(classes: str) -> str:
    """Return a class attribute's value marked as ours, which the sanitiser keeps."""
    return _OURS + classes


def is_safe_url(url: str) -> bool:
    """Return whether a link may lead there: the web, a mailbox or this page."""
    return _SAFE_URL.fullmatch(url) is not None


def is_safe_image(url: str) -> bool:
    """Return whether an address contains the image itself: only such images are shown."""
    return len(url) <= _MAX_IMAGE and _SAFE_IMAGE.fullmatch(url) is not None


def _filter(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "class":
        return value.removeprefix(_OURS) if value.startswith(_OURS) else None
    if attribute == "src":
        return value if is_safe_image(value) else None
    check = _CHECKS.get(attribute)
    if check is None and tag in _MATH_TAGS:
        check = _MATH_VALUE
    elif check is None and tag == "img" and attribute in ("width", "height"):
        check = _PIXELS
    return value if check is None or check.fullmatch(value) else None


def _filter_first(tag: str, attribute: str, value: str) -> str | None:
    """Filter HTML that is sanitised again later: our classes keep the prefix."""
    if attribute == "class":
        return value if value.startswith(_OURS) else None
    return _filter(tag, attribute, value)


def _filter_saved(tag: str, attribute: str, value: str) -> str | None:
    """Filter HTML from a saved file: the classes of coloured code are kept."""
    if attribute != "class":
        return _filter(tag, attribute, value)
    classes = _SAVED_CLASSES.get(tag)
    return value if classes and classes.fullmatch(value) else None


def _cleaner(keep: Callable[[str, str, str], str | None], rel: str | None = _REL) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(RAW_TAGS | _MATH_TAGS | {"input"}),
        clean_content_tags=set(_EMPTIED_TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=keep,
        url_schemes={"http", "https", "mailto", "data"},
        link_rel=rel,
        set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
    )


_LAST = _cleaner(_filter)
_FIRST = _cleaner(_filter_first, rel=None)
_AGAIN = _cleaner(_filter_saved)


def sanitised(html: str) -> str:
    """Return HTML that is safe on a page, with balanced tags.

    Parameters
    ----------
    html : str
        One block, or one item, row or child of it: in a whole document, one unclosed tag could
        hide the rest.
    """
    return _LAST.clean(html)


def sanitise_saved(html: str) -> str:
    """Return HTML from a saved file, which may be forged, as safe HTML."""
    return _AGAIN.clean(html)


def balanced(html: str) -> str:
    """Return HTML with balanced tags, which can't close the element around it."""
    return _FIRST.clean(html)
