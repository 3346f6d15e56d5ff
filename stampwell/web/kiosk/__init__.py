"""A tablet that faces the customer: it shows the offer, stamps the card that is held up, and never needs a tap.

Nobody stands behind it, so it gives out no reward and no more stamps than the owner allows (`counter/self_service.py`).
What staff change at it lies behind a PIN.
"""
