"""The ASGI application: pages, the live stream and health."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")

application = get_asgi_application()
