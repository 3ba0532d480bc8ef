"""Groq's API: the only package that imports `groq` and `httpx`, both at first use.

Three layers, each usable alone, without session or view, in any thread:

- an exchange: `client` lends a connection to one request at a time (`exchange`), whose reply
  `reply_reader` reads, from bytes (`sse`) to text (`deltas`) to an outcome or a `fault`;
- `send`: one request until an answer comes, with its tries and its waits;
- `limiter`: what is left of the limits, counted before a request is sent.

`account` holds what all who use one key at one address share; `service` is what one session
uses. Beside them: the key and the address, models, `request` and `snippets`.
"""

from __future__ import annotations
