"""An answer's code: checked, fitted into the cell that it is for, and compared with it."""
