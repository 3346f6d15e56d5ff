"""The most that a program can promise, and the most that anybody can pay: the same at every door."""

from datetime import date

FIRST_END, LAST_END = date(2000, 1, 1), date(3000, 1, 1)  # of a reward, in whatever zone it is written
LARGEST_GOAL = 100
MOST_LOCATIONS = 200  # that one reward names; it holds at all of them where it names none
MOST_REWARDS = 20  # of one program, and prizes of one draw
MOST_PRIZES = 1_000_000  # that a draw gives on a day, or ever
OLDEST = 100  # the age from which something may be drawn
MOST_COOLDOWN = 86_400  # seconds between two stamps
MOST_DELAY = 31_536_000  # seconds until a reward can be used
MOST_MONEY = 1_000_000_000  # in minor units: ten million euro
MOST_STAMPS_A_DAY = 1_000
MOST_GRACE_DAYS = 30
MOST_REMIND_DAYS = 30  # before the end of a voucher
MOST_VALID_DAYS = 3_650
LONGEST_CODE = 200
SHORTEST_COUNTDOWN, COUNTDOWN, LONGEST_COUNTDOWN = 1, 3, 15  # minutes for which a redeem code is shown
LONGEST_NAME = 60
LONGEST_OFFER = 160
