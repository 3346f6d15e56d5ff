"""Receipt codes: signed codes on receipts, bags and inserts that a customer claims for stamps, each once.

`making` makes them, for a receipt, for a guest or as a batch; `claiming` puts one on a card. A batch has one row
however many codes it has, and each code proves itself. A code that is made alone is a batch of one: its row tells the
same receipt printed again by its id, and holds what its code is worth and until when.
"""
