"""The card as a Google Wallet loyalty card: the JSON of its class and object, and the link that saves it.

Call `saving.save_url`. Nothing here reads the database or knows HTTP, and no secret ever stands in a link.
"""
