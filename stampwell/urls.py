"""The front door: which part of `web` answers which path."""

from django.urls import include, path
from django.views.generic import RedirectView

from stampwell.web import sign_ins
from stampwell.web.way_in import tell_way_in

urlpatterns = [
    path("api/v1/", include("stampwell.web.api.urls")),
    path("accounts/signup/", RedirectView.as_view(pattern_name="open_shop")),  # an account comes with its shop
    path("accounts/sign-ins/", sign_ins.list_sign_ins, name="sign_ins"),
    path("accounts/sign-ins/end/", sign_ins.end_sign_in, name="end_sign_in"),
    path("accounts/sign-ins/end-others/", sign_ins.end_others, name="end_other_sign_ins"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("", include("stampwell.web.joining.urls")),
    path("", include("stampwell.web.apple.urls")),
    path("wallet/google/", include("stampwell.web.google.urls")),
    path("", include("stampwell.web.card.urls")),
    path("scanner/", include("stampwell.web.scanner.urls")),
    path("kiosk/", include("stampwell.web.kiosk.urls")),
    path("autopilot/", include("stampwell.web.autopilot.urls")),
    path("way-in", tell_way_in),
    path("operator/", include("stampwell.web.operator.urls")),
    path("", include("stampwell.web.dashboard.urls")),
]

handler400 = "stampwell.web.errors.bad_request"
handler403 = "stampwell.web.errors.forbidden"
handler404 = "stampwell.web.errors.not_found"
handler429 = "stampwell.web.errors.too_many"  # the library of accounts looks for it here
handler500 = "stampwell.web.errors.failed"
