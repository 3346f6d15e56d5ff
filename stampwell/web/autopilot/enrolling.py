"""Making a till's computer an autopilot by its link."""

from stampwell.merchants.models import Station
from stampwell.web.stations.enrolling import Enrolment, enrolling

enrol = enrolling(Enrolment(Station.Kind.AUTOPILOT, page="autopilot/enrol.html", goes_on="autopilot", home="autopilot"))
