"""Addresses of working calendars and promises."""

from django.urls import path

from qiao.cases.views import calendars, ladders, promises

urlpatterns = [
    path("calendars/", calendars.index, name="calendars"),
    path("calendars/<str:key>/", calendars.show, name="calendar"),
    path("calendars/<str:key>/days/<str:iso>", calendars.day, name="calendar_day"),
    path("calendars/<str:key>/week", calendars.week, name="calendar_week"),
    path("calendars/<str:key>/recounts", calendars.recounts, name="recounts"),
    path("ladders/", ladders.index, name="ladders"),
    path("ladders/<str:key>/", ladders.page, name="ladder"),
    path("promises/", promises.index, name="promises"),
    path("promises/<str:type_key>/<slug:promise>", promises.promise, name="promise"),
]
