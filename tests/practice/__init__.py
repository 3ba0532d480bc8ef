"""The practice server for tests: with faults, and with records of the requests.

``python -m tests.practice`` takes the options of ``python -m groq_magic.practice``.
It answers as the shipped server does, and has these endpoints besides:

==========================  ==================================================================
POST /practice/faults       ``{"faults": […], "models": […], "batch": […]}``: the faults of the
                            next chat requests, of requests for models, and of those for files
                            and batches, one each; replaces the faults that are left
POST /practice/script       a JSON list of replies, see `groq_magic.practice.script.Reply`
GET /practice/requests      the record of each request, see `server.Record`
DELETE /practice/requests   removes the records
GET /practice/quota         the state of each limit
DELETE /practice            removes faults, script, records and used amounts
==========================  ==================================================================

A fault is written ``name:key=value:key=value``; ``times=N`` repeats it N times.
The errors of the API:

======================  =====================================================================
400 401 403 404 408     an error of this status; all but 401, 404 and 413 take
409 413 422 498 500     ``message=…``, and for the wait ``retry-after=SECONDS`` (sent as
502 503 504             written), ``retry-after-ms=N`` or ``date=SECONDS`` (an HTTP date, this
                        many seconds from now)
429                     the same, with ``retry-after=2`` by default
                        (``retry-after=none``: no header), and ``kind=tpm|tpd|rpm|rpd|otpm``
context                 400: too long for the context window
decommissioned          400: the model is retired
json-validate-failed    400, with ``generation=TEXT`` (empty: reasoning used up all tokens)
spend-cap               400, ``blocked_api_access``
tool-use-failed         400, with ``generation=TEXT``
empty-500 str-500       an empty body, and a body that is a JSON string
html-502 text-502       a proxy's page, and a proxy's line
html-200 wrong-json     a login page, other JSON, and half of a JSON body, all with status 200
malformed-200
======================  =====================================================================

Faults while the answer is sent; ``after=N`` is after N content deltas, 3 by default:

======================  =====================================================================
ok                      no fault
delay                   ``seconds=S`` before the headers
drop-before-headers     the connection closes
reset-before-headers    the connection is reset
stall-before-headers    nothing is sent until the client closes the connection
drop reset stall        the same in mid-stream, ``after=N``
pause                   nothing is sent for ``seconds=S``, ``after=N``; then the stream continues
cut                     the connection closes after ``bytes=K`` of the body
eof                     the body ends, ``after=N``, without finish_reason and [DONE]
no-finish-reason        the last chunk is missing
no-done                 [DONE] is missing
no-blank-line           the body ends with the last chunk, without its blank line
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
bytes                   chunks that aren't ASCII are sent byte by byte
u2028                   each content delta begins with U+2028
usage-apart             a chunk with usage and ``choices: []`` follows the last one
old-usage               usage in ``x_groq`` alone
idle                    nothing for ``seconds=S`` after [DONE]
tool-fragments          tool calls come in fragments
======================  =====================================================================
"""

from __future__ import annotations

__all__: list[str] = []
