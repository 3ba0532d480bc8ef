"""One ask, from the prompt as typed to the finished answer.

In the order of the steps: `draft` (the prompt with its values), `stored_answer` (from the cache
or the saved notebook), `plan` (draft and facts in, request out), `prepare` (all of these, and
key and catalogue), `reader` (a thread that reads the answer), `flow` (draws it meanwhile),
`replies`, `output`, `finishing` (lists of named steps). `complete` asks without a notebook.
"""
