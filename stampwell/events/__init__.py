"""An event is something that happened, in the past tense; one row per fact, in the transaction of the fact.

History, webhooks and wallet updates all come from here. `recording` writes, `draining` puts events in order,
`rows` reads them. Events are never changed or guessed later.
"""
