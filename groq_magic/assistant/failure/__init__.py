"""How a cell failed: traceback, variables and cells that matter, and what is sent of them."""
