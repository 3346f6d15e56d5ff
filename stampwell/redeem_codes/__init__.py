"""Redeem codes: what the till reads. `formats` says which code a format can hold, and draws it."""
