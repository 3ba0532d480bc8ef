"""One prompt over many rows: requests, the run that sends them, and the journal of answers."""
