"""The conversation: its turns, their order, what an ask sends of them, and saved turns.

Pure: no IPython, no network, no files. For the main thread only.
"""

from groq_magic.conversation.arrangement import Arrangement
from groq_magic.conversation.cell_prompts import prompt_in, shows_prompt
from groq_magic.conversation.cell_runs import CellRun
from groq_magic.conversation.chain import chain_of
from groq_magic.conversation.change_above import ChangeAbove
from groq_magic.conversation.conversation import Conversation
from groq_magic.conversation.conversations import Conversations
from groq_magic.conversation.history_window import (
    TOKENS_AROUND_A_MESSAGE,
    Budget,
    HistoryWindow,
    estimate,
    fit,
)
from groq_magic.conversation.notebook_json import code_cells_in
from groq_magic.conversation.page import CellList, Page
from groq_magic.conversation.replay import NEW_CELL, Replay, ReplayKey
from groq_magic.conversation.restoring import turn_of
from groq_magic.conversation.saved_turns import (
    METADATA_VERSION,
    SavedTurn,
    saved_answers,
    saved_turns,
    sha_of,
)
from groq_magic.conversation.sent_messages import SentMessages, sent_messages
from groq_magic.conversation.turn import (
    PendingTurn,
    PromptData,
    Turn,
    TurnKey,
    messages_of,
    text_in,
    whole_text,
)

__all__ = [
    "METADATA_VERSION",
    "NEW_CELL",
    "TOKENS_AROUND_A_MESSAGE",
    "Arrangement",
    "Budget",
    "CellList",
    "CellRun",
    "ChangeAbove",
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
    "chain_of",
    "code_cells_in",
    "estimate",
    "fit",
    "messages_of",
    "prompt_in",
    "saved_answers",
    "saved_turns",
    "sent_messages",
    "sha_of",
    "shows_prompt",
    "text_in",
    "turn_of",
    "whole_text",
]
