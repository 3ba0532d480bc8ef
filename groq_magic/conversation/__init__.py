"""The conversation: turns, which of them an ask sees and sends, and what a saved notebook contains.

Pure: no IPython, no network, no files. For the main thread only.
"""

from groq_magic.conversation.arrangement import Arrangement
from groq_magic.conversation.cell_runs import CellRun
from groq_magic.conversation.conversation import Conversation
from groq_magic.conversation.conversations import Conversations
from groq_magic.conversation.history_window import Budget, HistoryWindow, estimate, fit
from groq_magic.conversation.page import CellList, Page
from groq_magic.conversation.replay import Replay, ReplayKey
from groq_magic.conversation.saved_turns import (
    SavedTurn,
    code_cells_in,
    saved_answers,
    saved_turns,
)
from groq_magic.conversation.turn import PendingTurn, Turn, TurnKey, messages_of, text_in

__all__ = [
    "Arrangement",
    "Budget",
    "CellList",
    "CellRun",
    "Conversation",
    "Conversations",
    "HistoryWindow",
    "Page",
    "PendingTurn",
    "Replay",
    "ReplayKey",
    "SavedTurn",
    "Turn",
    "TurnKey",
    "code_cells_in",
    "estimate",
    "fit",
    "messages_of",
    "saved_answers",
    "saved_turns",
    "text_in",
]
