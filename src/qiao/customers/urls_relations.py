"""Addresses of households, company groups, contact persons and acting for others."""

from django.urls import path

from qiao.customers.views import group_dialogs, group_making, groups, picking, speaking

urlpatterns = [
    path("pick/<str:field>/", picking.pick, name="pick"),
    path("groups/<int:group_id>/", groups.group_page, name="group"),
    path("groups/<int:group_id>/join/", group_dialogs.group_join, name="group_join"),
    path("groups/<int:group_id>/head/", group_dialogs.group_head, name="group_head"),
    path("groups/<int:group_id>/dissolve/", group_dialogs.group_dissolve, name="group_dissolve"),
    path("groups/<int:group_id>/name/", group_dialogs.group_describe, name="group_describe"),
    path(
        "groups/<int:group_id>/members/<int:customer_id>/leave/",
        group_dialogs.group_leave,
        name="group_leave",
    ),
    path(
        "groups/<int:group_id>/members/<int:customer_id>/place/",
        group_dialogs.group_place,
        name="group_place",
    ),
    path("<int:customer_id>/group/new/", group_making.group_new, name="group_new"),
    path("<int:customer_id>/relations/", speaking.relations, name="relations"),
    path(
        "<int:customer_id>/contact-persons/new/",
        speaking.contact_person_add,
        name="contact_person_add",
    ),
    path(
        "contact-persons/<int:contact_person_id>/end/",
        speaking.contact_person_end,
        name="contact_person_end",
    ),
    path(
        "contact-persons/<int:contact_person_id>/primary/",
        speaking.contact_person_primary,
        name="contact_person_primary",
    ),
    path("<int:customer_id>/acting/new/", speaking.acting_add, name="acting_add"),
    path("acting/<int:acting_id>/end/", speaking.acting_end, name="acting_end"),
]
