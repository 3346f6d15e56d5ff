"""Mail whose time is over: what leads nowhere is not sent any more, and what ended long ago is forgotten."""

from stampwell.clock import now
from stampwell.mail.models import Mail
from stampwell.mail.queue import KEPT, OPEN

RESTORED = "It was waiting in the backup that was restored; perhaps it was sent since."
State = Mail.State


def forget_old_mail() -> None:
    at = now()
    Mail.objects.filter(state__in=OPEN, expires__lte=at).update(state=State.EXPIRED, ended=at, content=None)
    Mail.objects.filter(state__in=(State.SENT, State.EXPIRED), ended__lt=at - KEPT).delete()


def set_aside_waiting_mail() -> None:
    """After a restore nothing goes out a second time by itself; `stampwell mail retry` is for whoever knows."""
    Mail.objects.filter(state=State.WAITING).update(state=State.FAILED, ended=now(), problem=RESTORED)
