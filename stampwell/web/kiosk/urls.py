"""Routes of this part of the front door."""

from django.urls import path

from stampwell.web.kiosk import acts, enrolling, kept_scans, pages, settings

urlpatterns = [
    path("", pages.show, name="kiosk"),
    path("enrol/<str:slug>/<str:secret>", enrolling.enrol, name="kiosk_enrol"),
    path("scans", acts.scan, name="kiosk_scans"),
    path("scans/batch", kept_scans.take_batch, name="kiosk_batch"),
    path("device-key", kept_scans.take_device_key, name="kiosk_device_key"),
    path("state", pages.tell_state, name="kiosk_state"),
    path("codes", pages.tell_codes, name="kiosk_codes"),
    path("offline", pages.offline, name="kiosk_offline"),
    path("sw.js", pages.service_worker, name="kiosk_service_worker"),
    path("unlock", settings.open_settings, name="kiosk_unlock"),
    path("settings", settings.settings_page, name="kiosk_settings"),
    path("disconnect", settings.disconnect, name="kiosk_disconnect"),
]
