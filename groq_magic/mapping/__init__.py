"""One prompt over many rows: data → prompts → requests → answers → frame."""
