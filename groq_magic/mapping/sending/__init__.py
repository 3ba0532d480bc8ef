"""Send many requests: a run in threads, its limits and progress, and the journal of answers."""
