"""The card as an Apple Wallet pass: what it says, its signature, its file, and how phones hear of changes.

Call `delivery` for the signed file as it stands now, `registrations` for what a phone asks for, `changes` and
`push_queue` from the worker, `health` for what an operator should know. `assembly` and what lies below it are pure:
they read no database. Nothing here knows the web service's HTTP, which is `web.apple`.
"""
