"""Making a phone a scanner by its link."""

from stampwell.merchants.models import Station
from stampwell.web.scanner.presence import forget_shift
from stampwell.web.stations.enrolling import Enrolment, enrolling

enrol = enrolling(
    Enrolment(
        Station.Kind.SCANNER,
        page="scanner/enrol.html",
        goes_on="scanner_people",
        home="scanner",
        on_made=forget_shift,
    )
)
