"""Receipt codes: signed codes on receipts, bags and inserts that a customer claims for stamps, each once.

`making` makes them, for a receipt or as a batch; `claiming` puts one on a card. A code that nobody has claimed has no
row of its own: its batch has one, and the code proves itself.
"""
