"""The merchant is the tenant: everything belongs to exactly one.

Here are its locations, its staff, the stations (devices) enrolled there and the keys of its programs.
Call `access` to learn who is asking, `enrolling` to add or revoke a station, `founding` to open a shop; `hours` and
`local_time` say what the clock on its wall means.
Nothing here knows of cards or vouchers.
"""
