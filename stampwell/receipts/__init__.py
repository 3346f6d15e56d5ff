"""Receipt codes: signed codes on receipts, bags and inserts that a customer claims for stamps, each once.

`making` makes them, for a receipt, for a guest or as a batch; `claiming` puts one on a card. A batch has one row
however many codes it has, and each code proves itself. A code that is made alone is a batch of one. For a guest it has
its row; for a receipt whose number counts up it gets that when it is used or revoked, and until then says itself what
it is worth and until when (`series_codes`): its series has the row, with a bit for each receipt that got its code.
"""
