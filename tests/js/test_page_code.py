"""The modules of the views, joined into the one text that a front end gets."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import groq_magic.views.page_code
from groq_magic.views.page_code import page_code

if TYPE_CHECKING:
    from playwright.sync_api import Page

FILES = sorted((Path(groq_magic.views.page_code.__file__).parent / "page").rglob("*.mjs"))
ENTRIES = [file.stem for file in FILES if "\nexport default " in file.read_text("utf-8")]
IMPORT = """async (code) => {
  const url = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  return import(url).then(() => "", String);
}"""


def wrong_with(page: Page, code: str) -> Any:
    """Return what a browser says of a module, "" for nothing."""
    return page.evaluate(IMPORT, code)


@pytest.mark.parametrize("entry", ENTRIES)
def test_joined_modules_are_one_in_which_no_name_is_defined_twice(
    bare_page: Page, entry: str
) -> None:
    code = page_code(entry)
    assert wrong_with(bare_page, code) == ""
    assert not [line for line in code.splitlines() if line.startswith("import ")]
    name = re.findall(r"^(?:const|function|class) (\w+)", code, re.MULTILINE)[0]
    assert "already been declared" in wrong_with(bare_page, f"{code}\nconst {name} = 1;")
