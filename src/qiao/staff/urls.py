"""Addresses of a person's own pages."""

from django.urls import path

from qiao.staff import views
from qiao.staff.views import absences, duty, duty_patterns, files, notices

app_name = "staff"
urlpatterns = [
    path("preferences", views.preferences, name="preferences"),
    path("demo/<str:number>", views.demo_sign_in, name="demo_sign_in"),
    path("duty/", duty.index, name="duty"),
    path("duty/<int:roster_id>/", duty.roster, name="roster"),
    path("duty/<int:roster_id>/pattern/", duty_patterns.pattern, name="duty_pattern"),
    path(
        "duty/<int:roster_id>/pattern/change/",
        duty_patterns.pattern_change,
        name="duty_pattern_change",
    ),
    path(
        "duty/<int:roster_id>/pattern/<str:iso>/drop/",
        duty_patterns.pattern_drop,
        name="duty_pattern_drop",
    ),
    path("duty/<int:roster_id>/<str:iso>/<int:start>/", duty.duty_change, name="duty_change"),
    path("files/", files.files, name="files"),
    path("files/<int:export_id>/", files.file, name="file"),
    path("files/<int:export_id>/cancel/", files.file_cancel, name="file_cancel"),
    path("absences/", absences.absences, name="absences"),
    path("absences/new/", absences.absence_new, name="absence_new"),
    path("absences/<int:absence_id>/end/", absences.absence_end, name="absence_end"),
    path("notices/", notices.notices, name="notices"),
    path("notices/box/", notices.box, name="notice_box"),
    path("notices/bell/", notices.bell, name="notice_bell"),
    path("notices/read/", notices.all_read, name="notices_read"),
    path("notices/<int:notice_id>/", notices.open_notice, name="notice_open"),
]
