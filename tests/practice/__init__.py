"""The practice server with faults and records: what the tests start.

``python -m tests.practice`` takes the options of ``python -m groq_magic.practice``.
It answers as that one does, and has these endpoints besides:

==========================  ==================================================================
POST /practice/faults       ``{"faults": […], "models": […], "batch": […]}``: what the next chat
                            requests, requests for models, and for files and batches meet, one
                            each; replaces what was left
POST /practice/script       a JSON list of replies, see `groq_magic.practice.script.Reply`
GET /practice/requests      the record of each request, see `server.Record`
DELETE /practice/requests   forgets the records
GET /practice/quota         the state of each limit
DELETE /practice            forgets faults, script, records and what is used up
==========================  ==================================================================

A fault is written ``name:key=value:key=value``; ``times=N`` gives it N times.
The errors of the API (groq-api.md §3):

======================  =====================================================================
400 401 403 404 408     an error of this status; besides 401, 404 and 413 they take
409 413 422 498 500     ``message=…``, and to say when to come back ``retry-after=SECONDS``
502 503 504             (sent as written), ``retry-after-ms=N`` or ``date=SECONDS`` (an HTTP
                        date that far away)
429                     the same, with ``retry-after=2`` by default
                        (``retry-after=none``: no header), and ``kind=tpm|tpd|rpm|rpd|otpm``
context                 400: too long for the window
decommissioned          400: the model is retired
json-validate-failed    400, with ``generation=TEXT`` (empty: reasoning used it all up)
spend-cap               400, ``blocked_api_access``
tool-use-failed         400, with ``generation=TEXT``
empty-500 str-500       an empty body, and a body that is a JSON string
html-502 text-502       a proxy's page, and a proxy's line
html-200 wrong-json     a login page, other JSON, and half of a JSON body, all with status 200
malformed-200
======================  =====================================================================

Faults on the way (groq-api.md §6); ``after=N`` is after N content deltas, 3 if left out:

======================  =====================================================================
ok                      none
delay                   ``seconds=S`` before the headers
drop-before-headers     the connection closes
reset-before-headers    the connection is reset
stall-before-headers    nothing comes, until the client goes
drop reset stall        the same in mid-stream, ``after=N``
pause                   nothing for ``seconds=S``, ``after=N``, then it goes on
cut                     the connection closes after ``bytes=K`` of the body
eof                     the body ends well, ``after=N``, without finish_reason and [DONE]
no-finish-reason        the last chunk is missing
no-done                 [DONE] is missing
no-blank-line           it ends with the last chunk, which lacks its blank line
malformed-json          half of a chunk, ``after=N``
bad-utf8                bytes that are no UTF-8, ``after=N``
event-error             ``event: error`` with an error object, ``after=N`` (also ``message``,
                        ``code``, ``type``, ``status``, ``generation``)
data-error              the same without the event's name
event-error-bare        ``event: error`` without the key ``error``, ``after=N``
x-groq-error            a chunk with ``x_groq.error``, ``after=N`` (also ``message``)
ping                    ``event: ping`` before every Nth content delta, ``every=N``
comments                a comment before each event
crlf                    lines end in CR LF
bytes                   whatever isn't ASCII comes byte by byte
u2028                   each content delta begins with U+2028
usage-apart             a chunk with usage and ``choices: []`` follows the last one
old-usage               usage in ``x_groq`` alone
idle                    nothing for ``seconds=S`` after [DONE]
tool-fragments          tool calls come in fragments
======================  =====================================================================
"""

from __future__ import annotations

__all__: list[str] = []
