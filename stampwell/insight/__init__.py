"""Insight is what an owner learns from all that happened: it is kept as it happens, so that no page has to count.

`daily_totals` (days and months) and `hourly_totals` follow the events and count them, and `figures` reads what they
keep. `event_stretches` notes where each kind of event is found, so that no page has to look through all.
`card_standings` keeps where each card stands, and `card_list` reads it. `card_lives` keeps what each card has come to
and what all add up to (`card_figures`), `refusal_totals` why scans were refused; `customer_figures` reads both.
`redemption_totals` keeps in which way rewards were used, `till_question` asks whether redeem codes are enough,
and `till_seconds` how long the till took, and staff from a scan on.
`purchase_totals` keeps what was spent, and `money_figures` holds it against what rewards cost.
`hand_totals` keeps what each person did, `odd_months` reads it, and `oddities` judges what of it
looks odd; `seen_oddities` keeps what somebody has found fine.
Everything kept is at most a moment behind the events, and can always be made anew from them. Nothing here changes a
card or a voucher.
"""
