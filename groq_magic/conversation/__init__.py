"""The conversation: turns, which of them an ask sees and sends, and what a saved notebook tells.

Pure: nothing here knows IPython, the network or a file. For the main thread only.
"""

from groq_magic.conversation.arrangement import Arrangement
from groq_magic.conversation.cell_run import CellRun
from groq_magic.conversation.conversation import Conversation
from groq_magic.conversation.conversations import Conversations
from groq_magic.conversation.fitting import Budget, Fitted, estimate, fit
from groq_magic.conversation.page import CellList, Page
from groq_magic.conversation.pending import PendingTurn
from groq_magic.conversation.phrases import change_above
from groq_magic.conversation.replay import Replay, Wanted
from groq_magic.conversation.saved import SavedTurn, saved_answers, saved_turns
from groq_magic.conversation.turn import Turn, TurnKey

__all__ = [
    "Arrangement",
    "Budget",
    "CellList",
    "CellRun",
    "Conversation",
    "Conversations",
    "Fitted",
    "Page",
    "PendingTurn",
    "Replay",
    "SavedTurn",
    "Turn",
    "TurnKey",
    "Wanted",
    "change_above",
    "estimate",
    "fit",
    "saved_answers",
    "saved_turns",
]
