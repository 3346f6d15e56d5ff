"""The most that a card can ask for, and the most that anybody can pay."""

LARGEST_GOAL = 100
MOST_MONEY = 1_000_000_000  # in minor units: ten million euro
