"""Routes of the join page."""

from django.urls import URLPattern, URLResolver, path

from stampwell.web.joining import pages

urlpatterns: list[URLPattern | URLResolver] = [
    path("<slug:merchant_slug>/<slug:program_slug>", pages.join, name="join"),
]
