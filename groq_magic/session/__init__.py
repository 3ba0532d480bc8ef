"""The state of one kernel: conversations, cells that ran, bars, quota, the saved notebook."""
