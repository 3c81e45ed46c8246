"""The ASGI application: pages, the live stream and health."""

import gc
import os

from django.core.asgi import get_asgi_application
from django.urls import get_resolver

from qiao.core.bodies import BoundedBodies
from qiao.core.rules import names

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")

application = BoundedBodies(get_asgi_application())
# What the first person would wait for: half a second of dictionaries, all modules with pages.
names.load_dictionaries()
get_resolver().reverse_dict  # noqa: B018 - filled when it is asked for
# What stays for good is not looked through for garbage again: a third of a second in which no page
# goes on.
gc.collect()
gc.freeze()
