"""An answer's code: check it, fit it into the cell that it fixes, and compare the two."""
