"""Whether phones can scan at the address of this installation: their browsers give the camera to https alone."""

from typing import Literal

from django.conf import settings

from stampwell.environment import is_on_this_machine


def why_no_scanning() -> Literal["", "local", "insecure"]:
    """`local`: no phone can even open it."""
    if settings.HTTPS:
        return ""
    return "local" if is_on_this_machine(settings.BASE_URL) else "insecure"
