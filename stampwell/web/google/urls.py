"""Routes that Google calls."""

from django.urls import path

from stampwell.web.google import callbacks

urlpatterns = [path("callbacks/<slug:merchant_slug>", callbacks.hear, name="google-callback")]
