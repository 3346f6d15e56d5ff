"""Routes of this part of the front door."""

from django.urls import path

from stampwell.web.autopilot import acts, enrolling, pages

urlpatterns = [
    path("", pages.show, name="autopilot"),
    path("enrol/<str:slug>/<str:secret>", enrolling.enrol, name="autopilot_enrol"),
    path("scans", acts.scan, name="autopilot_scans"),
    path("stamps/<str:stamp_id>/undo", acts.undo, name="autopilot_undo"),
    path("state", pages.tell_state, name="autopilot_state"),
]
