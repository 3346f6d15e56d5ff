"""A pass is the card as it stands in a phone's wallet.

`passes` fills one from rows, `apple` signs it as a file, `google` as a link; `drawing` and `strips` make the
picture of the stamps that both wallets and the web card show. Passes change nothing: what happens at the
counter happens to the card, and the pass shows it.
"""
