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
from groq_magic.conversation.sent_messages import SentMessages, sent_messages
from groq_magic.conversation.turn import (
    PendingTurn,
    PromptData,
    Turn,
    TurnKey,
    messages_of,
)

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
    "PromptData",
    "Replay",
    "ReplayKey",
    "SavedTurn",
    "SentMessages",
    "Turn",
    "TurnKey",
    "code_cells_in",
    "estimate",
    "fit",
    "messages_of",
    "saved_answers",
    "saved_turns",
    "sent_messages",
]
