"""What leans on the front end's or the kernel's internals, on other versions of Jupyter.

That is the order of the cells, prompts that look like prose, answers written back after a reload,
answers without a widget, and the Stop button.

    pytest -m nightly -n 0 tests/browser/test_other_versions.py

Each set of versions gets an environment of its own in a temporary folder, built with uv where
that is installed, else with venv and pip: it needs the package index. Run it with Python 3.11 or
3.12: the lowest versions have no wheels for later ones. `-rP` prints the times of Stop.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import front_ends
from tests.browser.test_page_order import (  # noqa: F401 - collected here too, for each set of versions
    test_each_kind_of_move_alone_unsaved,
    test_each_request_has_the_turns_above_after_any_moves,
    test_run_all_that_loads_the_extension_follows_the_saved_file,
    test_the_order_outlives_reload_restart_and_reloading_the_extension,
    test_two_notebooks_on_one_kernel_each_send_their_own_order,
)
from tests.browser.test_prose import (  # noqa: F401 - as above
    test_a_prompt_looks_like_prose_until_its_magic_or_the_extension_goes,
    test_both_views_show_prose_and_a_kernel_that_goes_gives_the_type_back,
    test_cells_that_move_or_come_back_stay_prose,
    test_keys_in_a_prompt_are_those_of_a_code_cell,
    test_without_labs_classes_cells_stay_as_they_are_and_the_panel_names_it,
)
from tests.browser.test_stopping import (  # noqa: F401 - as above
    test_a_press_that_arrives_after_the_answers_end_harms_no_later_cell,
    test_an_answer_streams_and_is_finished_with_its_picker,
    test_stop_ends_the_answer_keeps_its_text_and_stops_run_all,
    test_stop_in_a_second_view_stops_the_answer_in_both,
    test_stop_in_one_notebook_leaves_another_on_the_same_kernel_alone,
    test_stop_is_about_as_fast_as_the_toolbars_button,
    test_stop_is_received_inside_an_output_widget,
    test_two_presses_stop_one_answer_and_nothing_after_it,
)
from tests.browser.test_streaming_views import (  # noqa: F401 - as above
    test_a_page_that_missed_messages_gets_the_whole,
)
from tests.browser.test_without_widgets import (  # noqa: F401 - as above
    test_an_answer_streams_in_a_view_of_its_own_where_outputs_have_frames,
    test_without_the_front_end_part_of_anywidget_an_answer_grows_as_static_output,
)
from tests.browser.test_write_back import (  # noqa: F401 - as above
    test_a_page_that_an_update_did_not_reach_asks_for_the_output,
    test_a_page_that_stays_writes_and_saves_nothing,
    test_every_answer_of_a_run_all_is_there_after_a_reload_in_the_first,
)
from tests.environment import lowest, made, required

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.browser.conftest import FrontEnd

pytestmark = pytest.mark.nightly

NEEDED = required("lab")
VERSIONS = {
    "lowest": lowest(NEEDED),
    # A busy kernel without subshells.
    "kernel-6.29-lab-4.2": [*NEEDED, "ipykernel==6.29.*", "jupyterlab==4.2.*", "notebook==7.2.*"],
    # A page that would use subshells, a kernel without.
    "kernel-6.31-lab-4.6": [*NEEDED, "ipykernel==6.31.*", "jupyterlab==4.6.*"],
    # A kernel with subshells, a page that knows none.
    "kernel-7.4-lab-4.3": [*NEEDED, "ipykernel==7.4.*", "jupyterlab==4.3.*", "notebook==7.3.*"],
    "newest": NEEDED,
}


@pytest.fixture(scope="module", params=VERSIONS)
def front_end_of(
    request: pytest.FixtureRequest,
    playwright: Any,
    chromium: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[[str], FrontEnd]]:
    """Return front ends of these versions, instead of those that the tests are installed with."""
    with tempfile.TemporaryDirectory() as folder:
        python = made(Path(folder) / "environment", VERSIONS[request.param])
        with front_ends(playwright, chromium, tmp_path_factory, python) as front_end_of:
            yield front_end_of
