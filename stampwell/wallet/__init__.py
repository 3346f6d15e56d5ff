"""A pass is the card as it stands in a phone's wallet.

`content` fills one from rows, `look` draws and words it, for both wallets and the web card; `apple` signs it as a file,
`google` keeps it as an object. Passes change nothing: what happens at the counter happens to the card, and the pass
shows it.
"""
