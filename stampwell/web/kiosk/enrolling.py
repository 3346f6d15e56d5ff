"""Making a tablet a kiosk by its link."""

from stampwell.merchants.models import Station
from stampwell.web.stations.enrolling import Enrolment, enrolling

enrol = enrolling(Enrolment(Station.Kind.KIOSK, page="kiosk/enrol.html", goes_on="kiosk", home="kiosk"))
