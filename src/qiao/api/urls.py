"""Addresses of the api module: pages for people, and below ``/api/v1/`` what programs call."""

from django.urls import include, path, re_path

from qiao.api.views import openapi
from qiao.api.views.v1 import api

_calls, _app, _space = api.urls
calls = [each for each in _calls if each.name != "api-root"]

app_name = "api"
urlpatterns = [
    path("api/v1/openapi.json", openapi.openapi, name="openapi"),
    path("api/v1/", include((calls, "calls"), namespace="v1")),
    re_path(r"^api/v1/", openapi.nothing_here, name="nothing_here"),
]
