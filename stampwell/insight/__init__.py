"""Insight is what an owner learns from all that happened: it is kept as it happens, so that no page has to count.

`daily_totals` follows the events and counts them; `DailyTotal` is what it keeps. `event_stretches` notes where each
kind of event is found, so that no page has to look through all. A figure is never more than a moment
behind the events, and can always be counted anew from them. Nothing here changes a card or a voucher.
"""
