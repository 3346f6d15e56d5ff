"""A Smart Voucher is one reward given to one card; it is redeemed once.

`issuing` gives it, `redeeming` uses it, `reversing` takes that back, `reserving` holds it for a
till, `revealing` shows its redeem code there,
`ageing` writes down what time has done to it. A voucher has never heard of cards: it knows its holder's id and no more.
"""
