"""The results of a map: its frame, the search for quotes, and the agreement of answers."""
