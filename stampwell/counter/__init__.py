"""The moment at the till: what was scanned, what may be done, what was done.

`scanning` takes a scan and does the obvious thing; `handing_over` gives out a reward and shows the card after it.
"""
