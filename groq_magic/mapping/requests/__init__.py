"""The requests of a map: what each asks, the type of its answer, and what all will cost."""
