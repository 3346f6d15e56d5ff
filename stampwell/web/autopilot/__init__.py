"""A till's computer with a barcode scanner: whatever card is scanned gets its stamp, and nobody signs in.

It asks for nothing, so whatever needs a decision is left to staff at a scanner; it says so.
"""
