"""`%groq_fix` and `%groq_explain` send no value that is secret by its name, wherever it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

VALUE = "hunter-22-x"

LOGIN = """class Login:
    def __init__(self, secret):
        self.secret = secret
    def __repr__(self):
        return self.secret
"""
ACCOUNT = """from dataclasses import dataclass
@dataclass
class Account:
    user: str
    api_key: str
"""
CONNECT = """def connect():
    secret = 'hunter' + '-22-x'
    raise OSError(f'refused: {secret}')
"""
REFUSED = """def connect(*, password):
    raise OSError(password)
"""
CASES = {
    "variable": (f"db_password = '{VALUE}'", "connect(db_password)"),
    "failing cell itself": (f"db_password = '{VALUE}'\nconnect(db_password)",),
    "argument": (f"{REFUSED}connect(password='{VALUE}')",),
    "key of a dict": (f"settings = {{'db': {{'password': '{VALUE}'}}}}", "settings['db'] + 1"),
    "attribute": (f"{LOGIN}login = Login('{VALUE}')", "raise ValueError(login.secret)"),
    "repr": (f"{LOGIN}login = Login('{VALUE}')", "login.nosuch"),
    "dataclass": (f"{ACCOUNT}account = Account('ann', '{VALUE}')", "account.nosuch"),
    "column": (
        f"import pandas as pd\ndf = pd.DataFrame({{'api_key': ['{VALUE}']}})",
        "df['n'] = int(df['api_key'][0])",
    ),
    "header": (
        f"headers = {{'Authorization': 'Bearer {VALUE}'}}",
        "raise PermissionError(f'401 with {headers}')",
    ),
    "local variable": (CONNECT, "connect()"),
    "local variable, by now": (CONNECT, "connect()", "1 + 1"),
    "local file": ("import login_of_tests", "login_of_tests.connect()"),
    "printed": (f"password = '{VALUE}'", f"!echo {VALUE}; exit 3"),
}


@pytest.mark.parametrize("asked", ["%groq_fix", "%groq_explain"])
@pytest.mark.parametrize("sources", CASES.values(), ids=CASES)
def test_a_secret_is_withheld_everywhere(
    cells: Any, prompt_of: Callable[..., str], practice: Any, sources: tuple[str, ...], asked: str
) -> None:
    # The working folder is the notebook's.
    Path("login_of_tests.py").write_text(
        f"def connect():\n    password = '{VALUE}'\n    return int(password)\n"
    )
    cells.fine("import sys; sys.path.insert(0, ''); sys.modules.pop('login_of_tests', None)")
    for source in sources:
        cells.run(source)
    # An explanation is of the newest output.
    prompt = prompt_of(f"{asked} {len(sources) + 1}" if asked == "%groq_explain" else asked)
    assert VALUE not in str(practice.requests())
    assert "Cell " in prompt


def test_an_answer_with_a_mark_in_place_of_a_secret_is_not_put_into_a_cell(
    cells: Any, practice: Any
) -> None:
    practice.script([{"reply": "```python\nconnect(password='[key]')\n```"}])
    cells.run(f"connekt(password='{VALUE}')")
    ran = cells.fine("%groq_fix")
    assert not getattr(cells.shell, "rl_next_input", None)
    assert "where a key was not sent" in ran.plain + str(ran.outputs)
