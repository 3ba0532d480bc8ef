"""The views of a map: its progress and first rows, its summary, and the same as text."""
