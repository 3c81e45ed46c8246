"""The ASGI application: pages, the live stream and health."""

import gc
import os

import django
from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.base import BaseHandler
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import get_resolver

from qiao.core.bodies import BoundedBodies
from qiao.core.rules import names

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")

django.setup(set_prefix=False)


class PlainHandler(ASGIHandler):
    """Our middlewares and pages are plain functions: a request goes to its thread once and stays
    there, where Django's own handler comes back to the loop between the two. The live stream,
    which is a coroutine, answers at once and streams from the loop as ever."""

    def __init__(self) -> None:
        BaseHandler.__init__(self)
        self.load_middleware()

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, made in the thread of the request."""
        return await sync_to_async(self.get_response)(request)


application = BoundedBodies(PlainHandler())
# What the first person would wait for: half a second of dictionaries, all modules with pages.
names.load_dictionaries()
get_resolver().reverse_dict  # noqa: B018 - filled when it is asked for
# What stays for good is not looked through for garbage again: a third of a second in which no page
# goes on.
gc.collect()
gc.freeze()
