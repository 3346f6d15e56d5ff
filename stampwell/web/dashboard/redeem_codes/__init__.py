"""Redeem codes at the desk: lists of unique codes, what is left of them, and the files that fill them."""
