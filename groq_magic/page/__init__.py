"""The notebook around us: the running cell, its file, the front end, the code that calls us."""
