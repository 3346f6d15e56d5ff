"""Which requests come from an autopilot."""

from stampwell.merchants.models import Station
from stampwell.web.stations.guarding import act_of, page_of

at_autopilot = page_of(Station.Kind.AUTOPILOT, stranger="autopilot/not_enrolled.html")
acting = act_of(Station.Kind.AUTOPILOT)
