"""How a cell failed: the traceback, and the variables and cells that matter for it."""
