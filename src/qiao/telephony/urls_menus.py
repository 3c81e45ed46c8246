"""Addresses of voice menus."""

from django.urls import path

from qiao.telephony.views import menu_drafts, menu_sounds, menu_trials, menus

urlpatterns = [
    path("", menus.index, name="menus"),
    path("<str:key>/", menus.page, name="menu"),
    path("<str:key>/begin", menus.begin, name="menu_begin"),
    path("<str:key>/restore", menus.restore, name="menu_restore"),
    path("<str:key>/compare", menus.compare, name="menu_compare"),
    path("<str:key>/versions/<int:number>/", menus.version, name="menu_version"),
    path("<str:key>/draft/", menu_drafts.editor, name="menu_draft"),
    path("<str:key>/draft/step", menu_drafts.step, name="menu_step"),
    path("<str:key>/draft/add", menu_drafts.add, name="menu_add"),
    path("<str:key>/draft/remove", menu_drafts.remove, name="menu_remove"),
    path("<str:key>/draft/move", menu_drafts.move, name="menu_move"),
    path("<str:key>/draft/try", menu_trials.try_draft, name="menu_try"),
    path("<str:key>/draft/publish", menu_drafts.publish, name="menu_publish"),
    path("<str:key>/draft/drop", menu_drafts.drop, name="menu_drop"),
    path("<str:key>/draft/sound", menu_sounds.sound, name="menu_sound"),
]
