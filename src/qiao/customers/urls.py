"""Addresses of the customers module."""

from django.urls import include, path

from qiao.customers.views import changes, moving, pages, places, registering, reveals, tiers, value

app_name = "customers"
urlpatterns = [
    path("", include("qiao.customers.urls_imports")),
    path("", include("qiao.customers.urls_duplicates")),
    path("", include("qiao.customers.urls_personal")),
    path("", include("qiao.customers.urls_care")),
    path("", include("qiao.customers.urls_cards")),
    path("", include("qiao.customers.urls_documents")),
    path("", include("qiao.customers.urls_protection")),
    path("", include("qiao.customers.urls_relations")),
    path("", include("qiao.customers.urls_numbers")),
    path("", include("qiao.customers.urls_tags")),
    path("", include("qiao.customers.urls_managers")),
    path("segments/", include("qiao.customers.urls_segments")),
    path("", pages.customer_list, name="list"),
    path("new/", registering.customer_new, name="new"),
    path("new/alike/", registering.customer_alike, name="alike"),
    path("accounts/<int:account_id>/move/", moving.move_new, name="move_new"),
    path("moves/<int:move_id>/", moving.move_page, name="move"),
    path("moves/<int:move_id>/undo/", moving.move_undo, name="move_undo"),
    path("premises/<int:premises_id>/", places.place_page, name="place"),
    path(
        "premises/<int:premises_id>/points/<int:point_id>/meter/",
        places.meter_exchange,
        name="exchange",
    ),
    path(
        "premises/<int:premises_id>/meters/<int:installation_id>/undo/",
        places.exchange_undo,
        name="exchange_undo",
    ),
    path("<int:customer_id>/", pages.customer_page, name="page"),
    path("<int:customer_id>/timeline/", pages.timeline, name="timeline"),
    path("<int:customer_id>/aside/", pages.aside, name="aside"),
    path("<int:customer_id>/phones/", changes.phone_add, name="phone_add"),
    path("<int:customer_id>/phones/reveal/", reveals.first_phone, name="reveal_first_phone"),
    path("<int:customer_id>/phones/<int:phone_id>/reveal/", reveals.phone, name="reveal_phone"),
    path("<int:customer_id>/disclosures/", reveals.disclosures, name="disclosures"),
    path("<int:customer_id>/name/", changes.name_change, name="name_change"),
    path("value/", value.value_page, name="value"),
    path("value/export/", value.value_export, name="value_export"),
    path("tiers/", tiers.rules_page, name="tier_rules"),
    path("tiers/trial/", tiers.rule_trial, name="tier_trial"),
    path("tiers/grade/", tiers.grade_now, name="tier_grade"),
    path("<int:customer_id>/tier/", tiers.tier_page, name="tier"),
    path("<int:customer_id>/tier/set/", tiers.tier_change, name="tier_change"),
    path("<int:customer_id>/tier/withdraw/", tiers.tier_withdraw, name="tier_withdraw"),
    path("<int:customer_id>/identities/", changes.identity_add, name="identity_add"),
    path(
        "<int:customer_id>/identities/<int:identity_id>/reveal/",
        reveals.identity,
        name="reveal_identity",
    ),
]
