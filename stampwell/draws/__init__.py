"""Draws: a reward that is one of several prizes, by lot. `docs/rules/draws.md` says what customers may rely on.

`seeds` makes the chance, `prizes` chooses by it, `proof` is the file of a month, which anybody can check,
`verifying` checks it, and `tallying` keeps how often what was drawn.
"""
