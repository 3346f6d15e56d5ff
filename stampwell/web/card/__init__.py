"""The customer's own pages: the card and its vouchers, as complete on the web as in a wallet.

`shop_pages` knows whose page it is and in which language; `cards`, `vouchers` and `wallets` answer the paths.
A page works without scripts; with them it moves, counts and stays fresh by itself.
"""
