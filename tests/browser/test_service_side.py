"""Usage, speeds, cache and code in a real front end: live in slots, static in the file."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import expect

from tests.browser.kinds import mostly_in_lab, only_in_lab

KEY = "gsk_browserTESTkey0123456789"


def begin(url: str, folder: str) -> str:
    return "\n".join(
        (
            "import os",
            f"os.environ['GROQ_BASE_URL'] = {url!r}",
            f"os.environ['GROQ_API_KEY'] = {KEY!r}",
            f"os.environ['XDG_CACHE_HOME'] = {folder!r}",
            "%load_ext groq_magic",
        )
    )


@mostly_in_lab
def test_figures_live_in_slots_and_are_not_saved(
    jupyter: Any, practice: Any, tmp_path: Any
) -> None:
    cells = [
        begin(practice.url, str(tmp_path)),
        "%groq_models",
        "%groq_cache on\n%groq -m openai/gpt-oss-20b What is a p-value?",
        "%groq --once -m openai/gpt-oss-20b What is a p-value?",
        "%groq --once -m openai/gpt-oss-20b What is a p-value?",
        "%groq_usage",
        "%groq_export --as node",
        "%groq",
    ]
    notebook = jupyter.open(cells, height=3200)
    notebook.run_all()
    notebook.idle()
    models = notebook.cell_output(1)
    expect(models.locator(".groq-slot-speed.groq-model-openai-gpt-oss-20b")).to_contain_text(
        "tok/s"
    )
    expect(notebook.cell_output(4)).to_contain_text("left this minute")
    expect(notebook.cell_output(4)).to_contain_text("from the cache")
    usage = notebook.cell_output(5)
    expect(usage).to_contain_text("openai/gpt-oss-20b · from the cache")
    expect(usage).to_contain_text("tokens a minute")
    expect(notebook.cell_output(7)).to_contain_text("of 300,000 tokens")
    assert len(practice.requests()) == 1
    notebook.screenshot("service-light")
    notebook.theme("dark")
    notebook.screenshot("service-dark")

    saved = [str(cell["outputs"]) for cell in notebook.save()["cells"]]
    assert "tok/s" not in saved[1]
    assert "from the cache" not in saved[4]
    assert "left this minute" not in saved[4]
    assert "from the cache" in saved[5]


# What the newest bar says is left, the others saying nothing, and what the panel says is used.
SHOWN = """() => {
  const said = [...document.querySelectorAll(".jp-Notebook .groq-slot-quota")];
  return {
    left: said.map((slot) => /([\\d,]+) tokens left this minute/.exec(slot.textContent)?.[1] ?? "")
      .filter(Boolean).map((number) => Number(number.replace(",", ""))),
    used: document.querySelector(".groq-meter-minute")?.value,
  };
}"""


@mostly_in_lab
def test_the_newest_bar_shows_what_is_left_now(
    jupyter: Any, practice_factory: Any, tmp_path: Any
) -> None:
    limit = 600  # so few that what one answer takes is missing for twenty seconds
    server = practice_factory(tokens_per_minute=limit)
    a_second = limit / 60  # each view counts on by its own clock, once a second
    ask = "%groq --once -m openai/gpt-oss-20b What is a p-value?"
    cells = [begin(server.url, str(tmp_path)), "%groq", ask, ask]
    notebook = jupyter.open(cells, height=1600)
    for index in (0, 1, 2):
        notebook.run_cell(index)
    notebook.idle()
    first, second = notebook.cell_output(2), notebook.cell_output(3)
    expect(first.locator(".groq-slot-quota")).to_contain_text("gpt-oss-20b: ")
    (before,) = notebook.page.evaluate(SHOWN)["left"]
    notebook.run_cell(3)
    notebook.idle()
    expect(second.locator(".groq-slot-quota")).to_contain_text("left this minute")
    expect(first.locator(".groq-slot-quota")).to_have_text("")
    after = notebook.page.wait_for_function(
        f"""(before) => {{
          const left = ({SHOWN})().left;
          return left.length === 1 && left[0] < before ? left[0] : 0;
        }}""",
        arg=before,
    ).json_value()
    notebook.screenshot("left-light")
    notebook.theme("dark")
    notebook.screenshot("left-dark")
    # The kernel rests: the page counts on by itself.
    notebook.page.wait_for_function(f"(after) => ({SHOWN})().left[0] > after", arg=after)
    bucket = server.quota()["tokens per minute (TPM)"]
    shown = notebook.page.evaluate(SHOWN)
    assert abs(shown["left"][0] - bucket["remaining"]) <= 3 * a_second
    assert abs(limit - shown["left"][0] - shown["used"]) <= a_second
    assert "left this minute" not in str(notebook.save()["cells"])


@only_in_lab
def test_the_usage_page_reads_well_untrusted(jupyter: Any, practice: Any, tmp_path: Any) -> None:
    notebook = jupyter.open(
        [begin(practice.url, str(tmp_path)), "%groq Hi", "%groq_usage"], height=1600
    )
    notebook.run_all()
    notebook.idle()
    # Opening another notebook leaves the first one's page to its kernel.
    notebook.allow("Comm not found for comm id")
    # Another file with the same content: nobody trusted that one.
    reopened = jupyter.open(dict(notebook.save()), height=1600)
    usage = reopened.cell_output(2)
    expect(usage).to_contain_text("tokens a minute")
    shown = "(image) => image.complete && image.naturalWidth > 0"
    for image in usage.locator("img.groq-chart").all():
        assert image.evaluate(shown)
    expect(usage.locator("img.groq-chart")).to_have_count(2)
    expect(usage.locator("progress")).not_to_have_count(0)
    reopened.screenshot("usage-untrusted")
