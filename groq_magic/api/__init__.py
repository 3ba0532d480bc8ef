"""Groq's API: the only package that imports `groq` and `httpx`, both at first use.

Three layers, each usable alone, without session or view, in any thread:

- an exchange: `client` leases a connection to one request at a time (`exchange`); `reply_reader`
  reads the reply, from bytes (`sse`) to text (`deltas`) to an outcome or a `fault`;
- `send`: one request until an answer comes, with tries and waits;
- `limiter`: counts the rest of the limits before a request is sent.

`account` is shared by all users of one key at one address; `service` is for one session. Other
modules: key, address, models, `request` and `snippets`.
"""

from __future__ import annotations
