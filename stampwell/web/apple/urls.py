"""Routes of the web service, whose `webServiceURL` is everything before `/v1`."""

from django.urls import URLPattern, URLResolver, path, re_path

from stampwell.web.apple import answering, devices, logs, passes

_V1 = "wallet/apple/<slug:merchant_slug>/v1"
_REGISTRATIONS = f"{_V1}/devices/<str:library_id>/registrations/<str:pass_type>"

urlpatterns: list[URLPattern | URLResolver] = [
    path(_REGISTRATIONS, devices.list_changed, name="apple-changed"),
    path(f"{_REGISTRATIONS}/<str:serial>", devices.take_registration, name="apple-registration"),
    path(f"{_V1}/passes/<str:pass_type>/<str:serial>", passes.fetch_pass, name="apple-pass"),
    path(f"{_V1}/log", logs.take_log, name="apple-log"),
    re_path("^wallet/apple/", answering.say_no_such_call),
]
