"""Send many requests in threads: the run, its budget and progress, and the journal."""
