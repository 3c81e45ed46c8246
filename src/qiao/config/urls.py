"""All addresses: each module brings its own."""

from django.conf import settings
from django.urls import include, path
from django.views.i18n import set_language

handler403 = "qiao.core.views.forbidden"
urlpatterns = [
    path("", include("qiao.core.urls")),
    path("", include("qiao.desk.urls")),
    path("", include("qiao.api.urls")),
    path("", include("qiao.portal.urls")),
    path("administration/", include("qiao.desk.administration.urls")),
    path("me/", include("qiao.staff.urls")),
    path("customers/", include("qiao.customers.urls")),
    path("messages/", include("qiao.messaging.urls")),
    path("cases/", include("qiao.cases.urls")),
    path("knowledge/", include("qiao.knowledge.urls")),
    path("jobs/", include("qiao.dispatch.urls")),
    path("follow-ups/", include("qiao.feedback.urls")),
    path("rollout/", include("qiao.rollout.urls")),
    path("interactions/", include("qiao.contact.urls")),
    path("calls/", include("qiao.telephony.urls")),
    path("rosters/", include("qiao.workforce.urls")),
    path("readings/", include("qiao.metering.urls")),
    path("", include("qiao.billing.urls")),
    path("account/", include("allauth.account.urls")),
    path("account/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
]
if "OIDC" in str(getattr(settings, "SOCIALACCOUNT_PROVIDERS", {})).upper():
    urlpatterns.append(path("account/", include("allauth.socialaccount.urls")))
    urlpatterns.append(
        path("account/", include("allauth.socialaccount.providers.openid_connect.urls"))
    )
