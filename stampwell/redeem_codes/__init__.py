"""Redeem codes: what the till reads. `formats` says which code a format can hold, and draws it.

A pool holds codes that the till takes once each, and each of them goes to one voucher at most. `pools` makes and
changes one, `asking` brings a file of codes in as a batch, `revoking` takes a batch out, and `stock` counts.
"""
