"""The owner's desk: opening a shop, its programs, cards, people and devices, for whoever signs in with a password.

`desk` says at which shop a request works and as whom; everything else starts from there.
"""
