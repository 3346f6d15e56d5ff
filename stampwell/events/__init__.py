"""An event is something that happened, in the past tense, and who did it; one row per fact, in its transaction.

History, API, figures and wallets all come from here. `recording` writes, `draining` puts events in order, and `reader`
lets those who have to know read them, each at its own pace: the list of them is `stampwell/reactions.py`. Events are
never changed or guessed later.
"""
