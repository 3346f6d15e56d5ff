"""What the web server loads."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "stampwell.settings")
application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - only now are there settings

from stampwell.transactions import bulkhead  # noqa: E402

bulkhead.arm(settings.WEB_THREADS)
