"""The card as a Google Wallet loyalty card, and its vouchers as offers beside it.

`linking.save_link` is behind the button; `storing.note_changed_cards` hears that cards changed, `sending` brings them
up to date at Google, `hearing.take_callback` takes what Google calls back. `objects`, `offers`, `saving` and
`callbacks` are pure: JSON, links and signatures. A card's secret goes to Google by REST alone and stands in no link.
"""
