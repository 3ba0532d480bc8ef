"""Images in asks: `-i`, `{{fig}}`, the last plot, and what later turns keep of them."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
import pytest
from IPython.core import history
from PIL import Image

from groq_magic.errors import GroqMagicError, ModelError, OptionError, PromptError
from tests.shell.notebook_file import Notebook

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

mpl.use("agg")
LESSON = {
    "load": "%load_ext groq_magic",
    "x": "import numpy as np\nx = np.zeros((4, 4), 'uint8')",
    "q": "%%groq -i x\nWhat is it?",
    "next": "",
}
VISION = "qwen/qwen3.8-27b"
BLIND = "openai/gpt-oss-120b"
PLOT = (
    "import matplotlib.pyplot as plt\nplt.close('all')\nfig, ax = plt.subplots()\nax.plot([1, 2])"
)


@pytest.fixture
def plotted(cells: Any) -> Any:
    cells.fine(PLOT, "plot")
    return cells


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / 'a photo\'s "file".png'
    Image.new("RGB", (64, 48), "red").save(path)
    return path


def bodies(practice: Any) -> list[dict[str, Any]]:
    return [record["body"] for record in practice.requests()]


def parts(body: dict[str, Any]) -> list[Any]:
    content = body["messages"][-1]["content"]
    assert isinstance(content, list)
    return content


def images(body: dict[str, Any]) -> list[Image.Image]:
    urls = [part["image_url"]["url"] for part in parts(body)[1:]]
    return [Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))) for url in urls]


def test_a_figure_of_the_session_goes_to_a_model_that_sees(plotted: Any, practice: Any) -> None:
    ran = plotted.fine("%groq -i fig What does it show?", "a")
    (body,) = bodies(practice)
    assert body["model"] == VISION
    assert parts(body)[0] == {"type": "text", "text": "What does it show?"}
    (drawn,) = images(body)
    size = f"{drawn.width} × {drawn.height}"
    html = ran.data["text/html"]
    assert f"Included: fig (image, {size})" in html
    assert "model chosen for the image" in html
    assert ran.record["included"] == ["fig"]
    assert ran.record["options"] == {"image": ["fig"]}
    assert "base64" not in json.dumps(ran.record)
    assert html.count("<img ") == 1
    assert f'title="fig, {size}"' in html
    assert "base64" not in ran.data["text/markdown"] + ran.plain


def test_a_name_in_braces_stays_and_the_image_is_sent(plotted: Any, practice: Any) -> None:
    ran = plotted.fine("%%groq\nWhat is wrong with {{ax}}? See {{ax}}.", "a")
    (body,) = bodies(practice)
    assert parts(body)[0]["text"] == "What is wrong with `ax`? See `ax`."
    assert len(images(body)) == 1
    assert ran.record["included"] == ["ax"]
    assert ran.record["values_sha"]


def test_a_later_turn_has_the_size_in_place_of_the_image(plotted: Any, practice: Any) -> None:
    plotted.fine("n = [1, 2]")
    plotted.fine("%%groq\nWhat is {{fig}}, with {{n}}?", "a")
    plotted.fine("%groq And now?", "b")
    first, second = bodies(practice)
    size = "{} × {}".format(*images(first)[0].size)
    sent = second["messages"][0]["content"]
    assert sent.startswith(f"What is `fig`, with `n`?\n\n[image: {size}, left out]\n\nValues:")
    assert second["model"] == BLIND
    assert "base64" not in json.dumps(second)
    assert plotted.turns[0][0] == "What is `fig`, with `n`?"
    assert "qwen/qwen3.8-27b · 1 image\n" in plotted.fine("%groq_history").plain


def test_a_follow_up_has_a_notice_that_the_image_is_not_sent_again(plotted: Any) -> None:
    notice = "The image above is not sent again; <code>-i</code> sends it."
    with_image = plotted.fine("%groq -i fig What does it show?", "a")
    again = plotted.fine("%groq -i fig And now?", "b")
    follow_up = plotted.fine("%groq And the second bar?", "c")
    later = plotted.fine("%groq And the third?", "d")
    once = plotted.fine("%groq --once Something else", "e")
    outputs = (with_image, again, follow_up, later, once)
    assert [each.data["text/html"].count(notice) for each in outputs] == [0, 0, 1, 0, 0]
    plotted.fine("%groq -i fig -i ax Which?", "f")
    two = plotted.fine("%groq Why?", "g").data["text/html"]
    assert "The 2 images above are not sent again; <code>-i</code> sends them." in two


@pytest.mark.parametrize("name", ["photo", "str(photo)", "photo.read_bytes()", "Image.open(photo)"])
def test_python_takes_any_image(cells: Any, practice: Any, photo: Path, name: str) -> None:
    cells.shell.user_ns |= {"photo": photo, "Image": Image}
    cells.fine(f"import groq_magic\nx = groq_magic.ask('What?', images=[{name}])", "a")
    cells.fine(f"x = groq_magic.complete('What?', images=[{name}])", "b")
    cells.fine(f"x = groq_magic.complete('What?', image={name}, model='vision')", "c")
    for body in bodies(practice):
        assert body["model"] == VISION
        assert images(body)[0].size == (64, 48)


def test_a_path_with_blanks_and_quotes_is_taken(cells: Any, practice: Any, photo: Path) -> None:
    quoted = str(photo).replace('"', '\\"')
    cells.fine(f'%groq -i "{quoted}" What is it?', "a")
    cells.fine(f'%%groq -i https://example.org/a.png --image "{quoted}"\nCompare.', "b")
    first, second = bodies(practice)
    assert images(first)[0].size == (64, 48)
    text, address, _ = parts(second)
    assert address == {"type": "image_url", "image_url": {"url": "https://example.org/a.png"}}
    assert "Images, in this order: `https://example.org/a.png`, " in text["text"]


def test_names_of_the_calling_code_come_first(plotted: Any, practice: Any) -> None:
    plotted.fine(
        "import groq_magic, numpy as np\n"
        "def ask():\n"
        "    fig = np.zeros((7, 5), dtype='uint8')\n"
        "    groq_magic.ask('What is {{fig}}?'.replace('{{fig}}', 'it'), image='fig')\n"
        "ask()",
        "a",
    )
    plotted.fine("%groq_retry", "b")
    sizes = [images(body)[0].size for body in bodies(practice)]
    assert sizes == [(5, 7), (5, 7)]


def test_a_retry_of_an_image_of_python_sends_it_again(cells: Any, practice: Any) -> None:
    cells.fine("import groq_magic, numpy as np", "x")
    ran = cells.fine("r = groq_magic.ask('What?', images=np.zeros((7, 5), 'uint8'))", "a")
    assert ran.record["options"] == {"image": ["ndarray"]}
    cells.fine("%groq_retry -t 0", "b")
    cells.fine("%groq_retry -i https://example.org/b.png", "c")
    first, second, third = bodies(practice)
    assert parts(first) == parts(second)
    assert parts(third)[1]["image_url"] == {"url": "https://example.org/b.png"}


# Which image is the last one


def test_plot_is_the_figure_drawn_last(plotted: Any, practice: Any) -> None:
    plotted.fine("%groq -i plot What is it?", "a")
    plotted.fine("plt.figure(figsize=(1, 1)); plt.plot([1])\n%groq -i plot What is it?", "b")
    # As the inline backend does after a cell.
    plotted.fine("plt.figure(figsize=(3, 1)); plt.plot([1])", "c")
    plotted.fine("plt.close('all')", "d")
    plotted.fine("%groq -i plot What is it?", "e")
    first, second, third = (images(body)[0].size for body in bodies(practice))
    assert first[0] > 400
    assert second[0] < 200
    assert second[0] < third[0] < 400


def test_an_image_that_a_cell_has_shown_since_is_the_last_one(
    plotted: Any, practice: Any, photo: Path
) -> None:
    plotted.shell.user_ns["photo"] = photo
    plotted.fine("from PIL import Image\nImage.open(photo)", "a")
    plotted.fine("%groq -i plot What is it?", "b")
    assert images(bodies(practice)[-1])[0].size == (64, 48)


@pytest.mark.skipif(not hasattr(history, "HistoryOutput"), reason="IPython 8 keeps no outputs")
def test_an_image_that_a_cell_has_displayed_since_is_the_last_one(
    plotted: Any, practice: Any, photo: Path
) -> None:
    plotted.shell.user_ns["photo"] = photo
    # Not captured, as it would be by `fine`.
    source = "from IPython import display\ndisplay.display(display.Image(str(photo)))"
    plotted.shell.run_cell(source, store_history=True)
    plotted.fine("1 + 1", "d")
    plotted.fine("%groq -i plot What is it?", "e")
    assert images(bodies(practice)[-1])[0].size == (64, 48)


def test_a_variable_called_plot_is_the_plot(plotted: Any, practice: Any) -> None:
    plotted.fine("import numpy as np\nfrom PIL import Image")
    plotted.fine("plot = Image.fromarray(np.zeros((7, 5), 'uint8'))")
    plotted.fine("%groq -i plot What is it?", "a")
    assert images(bodies(practice)[0])[0].size == (5, 7)


# Models


def test_a_model_that_does_not_see_is_refused_in_one_line(plotted: Any, practice: Any) -> None:
    ran = plotted.run(f"%groq -m {BLIND} -i fig What?", "a")
    assert isinstance(ran.error, ModelError)
    assert str(ran.error) == f"{BLIND} takes no images. `-m {VISION}` does."
    ran = plotted.run(
        f"import groq_magic\ngroq_magic.complete('What?', images=fig, model='{BLIND}')"
    )
    assert isinstance(ran.error, ModelError)
    assert practice.requests() == []


def test_no_model_is_refused_where_the_list_of_models_fails(plotted: Any, practice: Any) -> None:
    practice.faults(models=("500",) * 9)
    ran = plotted.run(f"%groq -m {BLIND} -i fig What?", "a")
    # The service decides.
    assert "content must be a string" in str(ran.error)


def test_vision_without_an_image_asks_as_any_model(cells: Any, practice: Any) -> None:
    ran = cells.fine("%groq -m vision Hello", "a")
    (body,) = bodies(practice)
    assert (body["model"], body["messages"][-1]["content"]) == (VISION, "Hello")
    assert "chosen for" not in ran.data["text/html"]


def test_a_model_that_sees_and_is_set_stays(plotted: Any, practice: Any) -> None:
    plotted.fine(f"%config GroqMagics.model = '{VISION}'")
    ran = plotted.fine("%groq -i fig What?", "a")
    assert bodies(practice)[0]["model"] == VISION
    assert "chosen for" not in ran.data["text/html"]


# What is not sent


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("%groq -i plot What?", "No cell has drawn a plot yet. Run the cell of the plot first"),
        ("%groq -i nosuch What?", "There is no variable and no file `nosuch`."),
        ("%groq -i photoo What?", "Did you mean `photo`?"),
        ("%groq -i nosuch.png What?", "There is no file nosuch.png."),
        ("%groq -i 'Image.open(photo)' What?", "`: calls aren't allowed there."),
        ("%groq -i photo.nosuch What?", "`{{photo.nosuch}}`: `photo` has no `nosuch`."),
        ("%groq -i number What?", "number isn't an image: its type is int."),
        ("%groq -i frame What?", "its type is DataFrame. Name a table in the prompt"),
        ("%groq -i liar What?", "liar can't be read as an image"),
        ("%groq -i broken What?", "broken can't be read as an image (RuntimeError: no canvas)."),
        ("%%groq\nWhat is {{broken}}?", "`{{broken}}`: broken can't be read as an image"),
        ("%groq -i a -i b -i c -i d What?", "There are 4 images. The model takes 3."),
        ("%%groq -i photo -i plot2 -i white\nAnd {{black}}?", "There are 4 images; the model"),
        (f"%groq -i {'x' * 9_999}.png What?", "can't be read as an image (OSError"),
        ("%groq -i '' What?", "-i is blank."),
        ("groq_magic.ask('What?', images=[None])", "NoneType isn't an image"),
        ("groq_magic.complete('What?', images=['nosuch.png'])", "There is no file nosuch.png."),
    ],
)
def test_what_is_no_image_is_refused_unsent(
    cells: Any, practice: Any, photo: Path, source: str, message: str
) -> None:
    cells.shell.user_ns |= {"photo": photo, "Image": Image, "plot2": photo, "number": 3}
    cells.fine(
        "import groq_magic, numpy as np, pandas as pd\n"
        "from matplotlib.figure import Figure\n"
        "frame = pd.DataFrame({'email': [1, 2]})\n"
        "white = black = Image.new('L', (2, 2))\n"
        "black = Image.new('L', (2, 2))\n"
        "class Liar:\n"
        "    shape = (3, 3, 3)\n"
        "    def __array__(self, *a, **k): return 'no array'\n"
        "class Broken(Figure):\n"
        "    def savefig(self, *a, **k): raise RuntimeError('no canvas')\n"
        "liar, broken = Liar(), Broken()\n"
        "import matplotlib.pyplot as plt; plt.close('all'); Out.clear()\n"
    )
    cells.session.last_plot.uninstall()
    getattr(cells.shell.history_manager, "outputs", {}).clear()  # IPython 8 keeps none
    ran = cells.run(source, "a")
    assert isinstance(ran.error, GroqMagicError)
    assert message in str(ran.error)
    assert "\n" not in str(ran.error)
    assert len(str(ran.error)) < 500
    assert practice.requests() == []


def test_at_no_rows_no_image_is_sent(plotted: Any, practice: Any) -> None:
    plotted.fine("%groq -i fig What?", "a")
    plotted.fine("%config GroqMagics.rows_sent = 0")
    for source in (
        "%groq_retry",
        "%groq -i fig What?",
        "%groq -i https://example.org/a.png What?",
        "%%groq\nWhat is {{fig}}?",
        "import groq_magic\ngroq_magic.ask('What?', images=fig)",
        "groq_magic.complete('What?', images=fig)",
    ):
        ran = plotted.run(source, "b")
        assert isinstance(ran.error, PromptError)
        assert "No image is sent while `rows_sent` is 0" in str(ran.error)
    ran = plotted.fine("%groq And now?", "c")
    _, second = bodies(practice)
    # The answer may quote what the image shows.
    assert "left out" in second["messages"][1]["content"]
    assert "No longer sent" in ran.data["text/html"]


def test_a_private_column_is_no_image(cells: Any, practice: Any) -> None:
    cells.fine("import pandas as pd\ndf = pd.DataFrame({'pin': [1, 2], 'x': [3, 4]})")
    cells.fine("%config GroqMagics.private = ['pin']")
    for given in ("df['pin']", "df.values", "df.pin.values"):
        ran = cells.run(f'%groq -i "{given}" What?', "a")
        assert isinstance(ran.error, PromptError), given
    assert practice.requests() == []


def test_without_pillow_one_line_says_what_to_install(
    plotted: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    ran = plotted.run("%groq -i fig What?", "a")
    assert str(ran.error) == (
        "An image needs Pillow, which isn't installed. Run `%pip install Pillow`, "
        "then this cell again."
    )
    assert practice.requests() == []


def test_secrets_in_an_address_are_hidden(
    cells: Any, practice: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET_TOKEN", "hush-hush-hush")
    ran = cells.fine("%groq -i https://example.org/a?t=hush-hush-hush What?", "a")
    cells.fine("import groq_magic as g\ng.complete('What?', images='https://e.org/hush-hush-hush')")
    cells.fine("%groq More?", "b")
    assert "hush" not in json.dumps(bodies(practice))
    assert "hush" not in json.dumps([ran.outputs[0]["metadata"]])


# Cache, replay, log, export


def test_the_image_is_part_of_the_cache_key(cells: Any, practice: Any) -> None:
    cells.fine("import numpy as np\nx = np.zeros((4, 4), 'uint8')")
    for _ in range(2):
        cells.fine("%groq --cache --once -i x What?", "a")
    assert len(practice.requests()) == 1
    cells.fine("x = x + 9")
    cells.fine("%groq --cache --once -i x What?", "a")
    assert len(practice.requests()) == 2


def test_the_hash_of_values_changes_with_the_image(cells: Any) -> None:
    cells.fine("import numpy as np\nx = np.zeros((4, 4), 'uint8')")
    records = [cells.fine("%groq -i x What?", "a").record for _ in range(2)]
    cells.fine("x = x + 9")
    records.append(cells.fine("%groq -i x What?", "a").record)
    hashes = [record["values_sha"] for record in records]
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_log_has_names_and_sizes(cells: Any, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl"
    cells.fine(f"%config GroqMagics.log = {str(log)!r}")
    cells.fine("import groq_magic, numpy as np\nx = np.zeros((4, 5), 'uint8')")
    cells.fine("%groq -i x What?", "a")
    cells.fine("reply = groq_magic.complete('What?', images=x)")
    first, second = map(json.loads, log.read_text().splitlines())
    assert first["included"] == [{"name": "x", "size": "image, 5 × 4"}]
    assert second["included"] == [{"name": "ndarray", "size": "image, 5 × 4"}]


def test_a_dry_run_says_what_it_can_not_count(plotted: Any, practice: Any) -> None:
    plain = plotted.fine("%groq --dry-run -i fig -i ax What?", "a").plain
    assert "Included: fig (image, " in plain
    assert f"{VISION} is asked because it takes images." in plain
    assert "<$0.0001, plus 2 images; the answer costs" in plain
    assert "base64" not in plain
    assert practice.requests() == []


def test_the_word_json_in_image_data_does_not_count(cells: Any, practice: Any) -> None:
    noise = np.random.default_rng(1).integers(0, 255, (300, 300, 3), dtype=np.uint8)
    cells.shell.user_ns["noise"] = noise
    practice.script([{"reply": '{"a": 1}'}])
    cells.fine("%groq -f json -i noise What?", "a")
    (body,) = bodies(practice)
    assert body["messages"][0]["role"] == "system"
    assert body["response_format"] == {"type": "json_object"}


def test_too_many_images_by_two_names_are_one_option() -> None:
    from groq_magic.options import AskOptions

    assert AskOptions.of_keywords({"images": "a.png"}).image == ("a.png",)
    assert AskOptions.of_keywords({"image": ["a.png", b""]}).image == ("a.png", b"")
    assert AskOptions.of_keywords({"images": []}).image == ()
    with pytest.raises(OptionError, match="There are 4 images"):
        AskOptions.of_keywords({"images": [b""] * 4})


@pytest.mark.slow
def test_four_threads_send_images_at_once(plotted: Any, practice: Any) -> None:
    plotted.fine(
        "import groq_magic, concurrent.futures as cf\n"
        "with cf.ThreadPoolExecutor(4) as pool:\n"
        "    replies = list(pool.map(\n"
        "        lambda n: groq_magic.complete(f'What is {n}?', images=[fig, ax]), range(8)))\n"
        "assert len({reply.model for reply in replies}) == 1"
    )
    found = bodies(practice)
    assert len(found) == 8
    assert len({part["image_url"]["url"] for body in found for part in parts(body)[1:]}) == 1


def test_a_failed_ask_is_sent_again_with_its_image(plotted: Any, practice: Any) -> None:
    practice.faults("500", "ok")
    plotted.fine("%config GroqMagics.tries = 1")
    assert plotted.run("%groq -i fig What?", "a").error is not None
    plotted.fine("%groq_retry", "b")
    first, *_, last = bodies(practice)
    assert parts(first) == parts(last)


def test_values_of_functions_are_released(cells: Any) -> None:
    cells.fine(
        "import groq_magic, gc, weakref, numpy as np\n"
        "class Picture(np.ndarray): pass\n"
        "def ask():\n"
        "    x = np.zeros((4, 4), 'uint8').view(Picture)\n"
        "    groq_magic.ask('What?', images=[x])\n"
        "    return weakref.ref(x)\n"
        "left = ask()",
        "a",
    )
    cells.fine("gc.collect()\nassert left() is None")


@pytest.fixture
def lesson(
    served: Callable[..., Any],
    shell_factory: Callable[..., Any],
    practice: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Any]:
    """Run and save a notebook with an image; then make shells that have it open."""
    monkeypatch.setattr("groq_magic.magics.display.front_end", lambda _shell: "static")
    practice.script([{"reply": "A **square**."}])
    notebook = Notebook(tmp_path / "lesson.ipynb", LESSON)
    notebook.run(served())
    notebook.save()
    practice.forget_requests()

    def opened() -> Any:
        monkeypatch.setenv("JPY_SESSION_NAME", str(notebook.path))
        cells = shell_factory()
        cells.run("1", "load")
        cells.fine("%load_ext groq_magic", "load")
        return cells

    return opened


def test_a_saved_answer_is_given_again(lesson: Any, practice: Any) -> None:
    cells = lesson()
    cells.fine("%groq_replay on", "load")
    cells.fine(LESSON["x"], "x")
    ran = cells.fine(LESSON["q"], "q")
    assert cells.reply.source == "replay"
    assert "Saved with other values" not in ran.data["text/html"]
    assert "groq-images" in ran.data["text/html"]
    cells.fine("x = x + 9", "x")
    ran = cells.fine(LESSON["q"], "q")
    assert cells.reply.source == "replay"
    assert "Saved with values that have changed since." in ran.data["text/html"]
    assert practice.requests() == []


def test_a_restored_turn_says_that_there_was_an_image(lesson: Any, practice: Any) -> None:
    cells = lesson()
    cells.fine("%groq_restore", "next")
    cells.fine("%groq And now?", "next")
    messages = bodies(practice)[0]["messages"]
    assert messages[0]["content"] == "What is it?\n\n[image, left out]"
    assert messages[1]["content"] == "A **square**."


def test_the_quotes_of_a_key_are_asked_for(cells: Any) -> None:
    cells.fine("d = {'k': 1}")
    ran = cells.run("%groq -i d['k'] What is it?")
    assert isinstance(ran.error, PromptError)
    assert """`-i "d['k']"`""" in str(ran.error)
