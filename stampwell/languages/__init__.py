"""Languages: which ones we offer, and how dates, numbers, amounts and texts read in each of them.

Everybody may call `formatting`, `offered`, `texts` and `explaining`; `catalogues` and `checking` are tools
for development and installation (`python -m stampwell.languages`). Nothing here knows a merchant, a card or
HTTP, and nothing ever puts a word into a sentence of another language.
"""
