"""Routes of this part of the front door."""

from django.urls import path

from stampwell.web.kiosk import acts, enrolling, pages, settings

urlpatterns = [
    path("", pages.show, name="kiosk"),
    path("enrol/<str:slug>/<str:secret>", enrolling.enrol, name="kiosk_enrol"),
    path("scans", acts.scan, name="kiosk_scans"),
    path("state", pages.tell_state, name="kiosk_state"),
    path("codes", pages.tell_codes, name="kiosk_codes"),
    path("unlock", settings.open_settings, name="kiosk_unlock"),
    path("settings", settings.settings_page, name="kiosk_settings"),
    path("disconnect", settings.disconnect, name="kiosk_disconnect"),
]
