"""One ask, from the prompt as typed to the finished answer.

In the order of the steps: `draft` (the prompt with its values), `stored_answer` (from the cache
or the saved notebook), `plan` (draft and facts in, request out), `prepare` (all of these, and
key and catalogue), `reader` (a thread that reads the answer), `ask_run` (draws it meanwhile),
`rounds` (further exchanges: tool calls in `tool_round`, code that the model proposes in
`proposed_code`, the repair of typed answers), `replies`, `output`, `finishing` (lists of named
steps). `flow` calls them in this order; `complete` asks without a notebook.
"""
