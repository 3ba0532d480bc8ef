"""One ask, from the prompt to the finished answer; and `groq_magic.complete`."""
