"""Addresses of the api module: pages for people, and below ``/api/v1/`` what programs call."""

from django.urls import include, path, re_path

from qiao.api.views import keys, openapi, services, webhooks
from qiao.api.views.v1 import api

_calls, _app, _space = api.urls
calls = [each for each in _calls if getattr(each, "name", "") != "api-root"]

app_name = "api"
urlpatterns = [
    path("api-keys/", keys.key_list, name="keys"),
    path("api-keys/new/", keys.key_new, name="key_new"),
    path("api-keys/<int:key_id>/", keys.key_page, name="key"),
    path("api-keys/<int:key_id>/rotate/", keys.key_rotate, name="key_rotate"),
    path("api-keys/<int:key_id>/revoke/", keys.key_revoke, name="key_revoke"),
    path("webhooks/", webhooks.endpoint_list, name="endpoints"),
    path("webhooks/new/", webhooks.endpoint_new, name="endpoint_new"),
    path("webhooks/<int:endpoint_id>/", webhooks.endpoint_page, name="endpoint"),
    path("webhooks/<int:endpoint_id>/change/", webhooks.endpoint_change, name="endpoint_change"),
    path("webhooks/<int:endpoint_id>/secret/", webhooks.endpoint_rotate, name="endpoint_rotate"),
    path("webhooks/<int:endpoint_id>/off/", webhooks.endpoint_disable, name="endpoint_disable"),
    path("webhooks/<int:endpoint_id>/on/", webhooks.endpoint_enable, name="endpoint_enable"),
    path("webhooks/<int:endpoint_id>/test/", webhooks.endpoint_test, name="endpoint_test"),
    path("webhooks/<int:endpoint_id>/delete/", webhooks.endpoint_delete, name="endpoint_delete"),
    path("webhooks/messages/<int:delivery_id>/", webhooks.delivery_page, name="delivery"),
    path(
        "webhooks/messages/<int:delivery_id>/resend/",
        webhooks.delivery_resend,
        name="delivery_resend",
    ),
    path("services/", services.catalogue, name="services"),
    path("api/reference/", services.reference, name="reference"),
    path("api/v1/openapi.json", openapi.openapi, name="openapi"),
    path("api/v1/", include((calls, "calls"), namespace="v1")),
    re_path(r"^api/v1/", openapi.nothing_here, name="nothing_here"),
]
