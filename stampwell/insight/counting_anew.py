"""Counting everything anew that is kept by days: after the shop's clock has become another one.

A day of before would otherwise stand beside those of the new clock for ever, and each card's own days would move one by
one, whenever something happens to it. While everything is read again, the figures grow as if the shop began anew.
"""

from stampwell.events.reader import Follower, rewind_in
from stampwell.insight.card_lives import forget_lives, keep_lives
from stampwell.insight.daily_totals import add_to_months, add_to_totals, forget_months, forget_totals
from stampwell.insight.hand_totals import add_hands, forget_hands
from stampwell.insight.hourly_totals import add_to_hours, forget_hours
from stampwell.insight.purchase_totals import add_purchases, forget_purchases
from stampwell.insight.redemption_totals import add_redemptions, forget_redemptions
from stampwell.insight.refusal_totals import add_refusals, forget_refusals
from stampwell.jobs.run import Run
from stampwell.vouchers.reminders_anew import set_reminders_anew

COUNT_ANEW = "count_anew"  # the kind of the job
BY_DAYS = (
    Follower(name="daily_totals", follow=add_to_totals, forget=forget_totals),
    Follower(name="monthly_totals", follow=add_to_months, forget=forget_months),
    Follower(name="hourly_totals", follow=add_to_hours, forget=forget_hours),
    Follower(name="card_lives", follow=keep_lives, forget=forget_lives),
    Follower(name="refusal_totals", follow=add_refusals, forget=forget_refusals),
    Follower(name="redemption_totals", follow=add_redemptions, forget=forget_redemptions),
    Follower(name="purchase_totals", follow=add_purchases, forget=forget_purchases),
    Follower(name="hand_totals", follow=add_hands, forget=forget_hands),
)


def count_anew(run: Run) -> None:
    """Lets each of them begin again with the first event; the worker reads on as it always does. Before that customers
    are told of ends in the morning of the new clock.
    """
    set_reminders_anew(run)
    for place, follower in enumerate(BY_DAYS[run.done :], start=run.done + 1):
        with run.step() as tx:
            rewind_in(tx, follower)
            run.note(tx, done=place, total=len(BY_DAYS))
