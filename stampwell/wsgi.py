"""What the web server loads in each of its workers."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stampwell.settings")
application = get_wsgi_application()
for routes in (None, "stampwell.web.api.urls"):
    _ = get_resolver(routes).url_patterns  # all pages are imported now, not while the first visitor waits

from stampwell.transactions import bulkhead  # noqa: E402 - only now are the apps loaded

bulkhead.arm(settings.WEB_THREADS)
