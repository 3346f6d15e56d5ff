"""A Smart Voucher is one reward given to one card; it is redeemed once.

`issuing` gives it, `redeeming` uses it and takes that back, `revealing` shows its redeem code at the till,
`codes` draws what a till reads. A voucher has never heard of cards: it knows its holder's id and no more.
"""
