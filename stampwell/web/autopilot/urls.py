"""Routes of this part of the front door."""

from django.urls import path

from stampwell.web.autopilot import acts, enrolling, kept_scans, pages

urlpatterns = [
    path("", pages.show, name="autopilot"),
    path("enrol/<str:slug>/<str:secret>", enrolling.enrol, name="autopilot_enrol"),
    path("scans", acts.scan, name="autopilot_scans"),
    path("scans/batch", kept_scans.take_batch, name="autopilot_batch"),
    path("device-key", kept_scans.take_device_key, name="autopilot_device_key"),
    path("stamps/<str:stamp_id>/undo", acts.undo, name="autopilot_undo"),
    path("offline", pages.offline, name="autopilot_offline"),
    path("sw.js", pages.service_worker, name="autopilot_service_worker"),
    path("state", pages.tell_state, name="autopilot_state"),
]
