"""A customer is a person who collects; may be anonymous.

Contact data and consent live here and nowhere else, so that erasing a person is erasing these rows.
`joining` asks for what the merchant wants to know. Nothing here knows of cards.
"""
