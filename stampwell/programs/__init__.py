"""A program is what a merchant offers: how stamps are earned, milestones, rewards, card design and texts.

Published versions never change: a card keeps the one it earned under. `publishing` makes programs and
versions; `terms` reads a version for everybody else. Nothing here knows who holds a card.
"""
