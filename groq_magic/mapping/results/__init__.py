"""The results of a map: its frame, quotes found in the data, and agreement of answers."""
