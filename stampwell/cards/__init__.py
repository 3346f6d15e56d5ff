"""A card is one customer's card in one program. It lives for ever and counts rounds.

`issuing` gives it, `stamping` adds stamps, `undoing` takes them back, `describing` shows it as the API does. A stamp
is never changed: undoing one writes another that takes it away. A card knows its vouchers; vouchers know no cards.
"""
