"""One ask: from the prompt as typed to the finished answer."""
