"""The data of a map: its rows, the text of their cells, and the prompt of each row."""
