"""Which requests come from a kiosk."""

from stampwell.merchants.models import Station
from stampwell.web.stations.guarding import act_of, page_of

at_kiosk = page_of(Station.Kind.KIOSK, stranger="kiosk/not_enrolled.html")
acting = act_of(Station.Kind.KIOSK)
