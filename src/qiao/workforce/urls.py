"""Addresses of planning."""

from django.urls import path

from qiao.workforce.views import kept, people, shifts, weeks

app_name = "workforce"
urlpatterns = [
    path("", weeks.index, name="index"),
    path("mine/", shifts.mine, name="mine"),
    path("mine/load/", people.own, name="own"),
    path("mine/pulse/", people.pulse, name="pulse"),
    path("mine/<str:iso>/wish/", shifts.wish, name="wish"),
    path("<int:group_id>/adherence/", people.adherence_page, name="adherence"),
    path("<int:group_id>/kept/", kept.index, name="kept"),
    path("<int:group_id>/load/", people.load_page, name="load"),
    path("<int:group_id>/people/<int:staff_id>/", people.person, name="person"),
    path(
        "<int:group_id>/people/<int:staff_id>/certificates/new/",
        people.certificate_new,
        name="certificate_new",
    ),
    path(
        "<int:group_id>/people/<int:staff_id>/certificates/<int:certificate_id>/drop/",
        people.certificate_drop,
        name="certificate_drop",
    ),
    path("<int:group_id>/begin/", weeks.begin, name="begin"),
    path("<int:group_id>/shifts/", shifts.index, name="shifts"),
    path("<int:group_id>/shifts/new/", shifts.new, name="shift_new"),
    path("<int:group_id>/shifts/<int:shift_id>/", shifts.change, name="shift_change"),
    path("<int:group_id>/shifts/<int:shift_id>/end/", shifts.end, name="shift_end"),
    path("<int:group_id>/<str:iso>/", weeks.week, name="week"),
    path("weeks/<int:week_id>/standing/", weeks.standing, name="standing"),
    path("weeks/<int:week_id>/solve/", weeks.solve, name="solve"),
    path("weeks/<int:week_id>/publish/", weeks.publish, name="publish"),
    path("weeks/<int:week_id>/move/", weeks.move, name="move"),
    path("weeks/<int:week_id>/<int:staff_id>/<str:iso>/", weeks.cell, name="cell"),
]
