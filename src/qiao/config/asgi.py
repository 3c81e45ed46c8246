"""The ASGI application: pages, the live stream and health."""

import os

from django.core.asgi import get_asgi_application

from qiao.core.bodies import BoundedBodies
from qiao.core.rules import names

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")

application = BoundedBodies(get_asgi_application())
names.load_dictionaries()  # half a second that the first person to search would wait for
