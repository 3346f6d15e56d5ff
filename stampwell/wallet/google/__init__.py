"""The card as a Google Wallet loyalty card, and its vouchers as offers beside it.

`save_button.save_link` is behind the button; `queue.note_changed_cards` hears that cards changed, `dispatch` brings
them up to date at Google, `callbacks.take_callback` takes what Google calls back. `objects`, `offers`, `save_jwt` and
`callback_signature` are pure: JSON, links and signatures. A card's secret goes to Google by REST alone and stands in no
link.
"""
