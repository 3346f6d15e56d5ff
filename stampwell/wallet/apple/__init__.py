"""The card as an Apple Wallet pass: what it says, its signature, its file, and how phones hear of changes.

Call `handing_out` for the signed file as it stands now, `registering` for what a phone asks for, `renewing` and
`pushing` from the worker, `checking` for what an operator should know. `building` and what lies below it are pure:
they read no database. Nothing here knows the web service's HTTP, which is `web.apple`.
"""
