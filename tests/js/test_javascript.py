"""Each test of the JavaScript, by its name: `test("…")` in the files `test_*.mjs` beside this one.

They import the modules of `groq_magic/views/page/` and run in Chromium, each file on an empty page.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("test_*.mjs"))
NAME = re.compile(r'^test\(\s*("(?:[^"\\]|\\.)*")', re.MULTILINE)
RUN = """async (file) => {
  const { run } = await import("/tests/js/testing.mjs");
  await import(`/tests/js/${file}`);
  return await run();
}"""


def names(file: Path) -> list[str]:
    return [json.loads(name) for name in NAME.findall(file.read_text("utf-8"))]


@pytest.fixture(scope="session")
def results(new_page: Callable[[], Page]) -> Callable[[str], dict[str, str]]:
    """Return a function that runs a file, once: what went wrong ("" for nothing) by test."""
    known: dict[str, dict[str, str]] = {}

    def results(file: str) -> dict[str, str]:
        if file not in known:
            page = new_page()
            known[file] = page.evaluate(RUN, file)
            page.close()
        return known[file]

    return results


@pytest.mark.parametrize(
    ("file", "name"),
    [
        pytest.param(file.name, name, id=f"{file.stem.removeprefix('test_')}: {name}")
        for file in FILES
        for name in names(file)
    ],
)
def test_in_the_page(results: Callable[[str], dict[str, str]], file: str, name: str) -> None:
    wrong = results(file).get(name, "it did not run")
    if wrong:
        pytest.fail(f"{file}: {name}\n{wrong}", pytrace=False)


@pytest.mark.parametrize("file", [file.name for file in FILES])
def test_a_file_runs_the_tests_that_it_names(
    results: Callable[[str], dict[str, str]], file: str
) -> None:
    assert sorted(names(HERE / file)) == sorted(results(file))


def test_a_wrong_test_fails(bare_page: Page) -> None:
    failed = bare_page.evaluate(
        """async () => {
          const { equal, ok, run, test, throws } = await import("/tests/js/testing.mjs");
          test("other", () => equal({ a: [1, undefined] }, { a: [1, null] }));
          test("order", () => equal({ a: 1, b: 2 }, { b: 2, a: 1 }));
          test("false", async () => ok(await 0, "nought"));
          test("nothing thrown", () => throws(async () => {}));
          test("thrown", () => throws(() => { throw Error("yes"); }, "yes"));
          test("loose", () => void setTimeout(() => { throw Error("late"); }));
          test("rejected", () => void Promise.reject(Error("lost")));
          return run();
        }"""
    )
    said = {name: wrong.partition("\n")[0] for name, wrong in failed.items()}
    assert said == {
        "other": 'Error: got {"a":[1,"undefined"]}',
        "order": "",
        "false": "Error: nought",
        "nothing thrown": "Error: nothing was thrown",
        "thrown": "",
        "loose": "Error: late",
        "rejected": "Error: lost",
    }
