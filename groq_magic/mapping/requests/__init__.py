"""The requests of a map, the type of their answers, and an estimate of their cost."""
