"""Events that are sent to other programs as they happen: where to, what, and what became of it.

It follows the events and notes who is to hear of each (`making`), sends what is due (`dispatch`, `sending`) and writes
down the answers (`answers`). The form is that of Standard Webhooks (`signing`).
"""
