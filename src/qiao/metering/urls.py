"""Addresses of metering."""

from django.urls import path

from qiao.metering.views import (
    blind,
    files,
    heads,
    intervals,
    points,
    quality,
    rounds,
    walks,
    worklist,
)

app_name = "metering"
urlpatterns = [
    path("", worklist.exceptions, name="exceptions"),
    path("<int:reading_id>/", worklist.reading, name="reading"),
    path("<int:reading_id>/<slug:action>/", worklist.decide, name="decide"),
    path("points/<int:service_point_id>/", points.point, name="point"),
    path("points/<int:service_point_id>/enter/", points.enter, name="enter"),
    path("points/<int:service_point_id>/days/<str:day>/", points.day, name="point_day"),
    path("intervals/", intervals.loads, name="intervals"),
    path("intervals/<int:load_id>/", intervals.load, name="load"),
    path("intervals/<int:load_id>/resume/", intervals.resume, name="load_resume"),
    path(
        "intervals/<int:load_id>/refused.<slug:form>", intervals.refused_file, name="load_refused"
    ),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/<int:round_id>/close/", rounds.close, name="round_close"),
    path("routes/", rounds.routes, name="routes"),
    path("routes/<int:route_id>/", rounds.route, name="route"),
    path("routes/<int:route_id>/begin/", rounds.begin, name="round_begin"),
    path("rounds/<int:round_id>/blind/", blind.begin, name="blind_begin"),
    path("blind/<int:check_id>/", blind.results, name="blind"),
    path("blind/<int:check_id>/close/", blind.close, name="blind_close"),
    path("quality/", quality.quality, name="quality"),
    path("quality/rows/", quality.rows, name="quality_rows"),
    path("walk/", walks.walks, name="walks"),
    path("walk/worker.js", walks.worker, name="walk_worker"),
    path("walk/<int:round_id>/", walks.walk, name="walk"),
    path("walk/<int:round_id>/take/", walks.take, name="walk_take"),
    path("walk/<int:round_id>/check/", walks.check, name="walk_check"),
    path("walk/<int:round_id>/finish/", walks.finish, name="walk_finish"),
    path("walk/again/<int:check_id>/", blind.walk, name="blind_walk"),
    path("walk/again/<int:check_id>/take/", blind.take, name="blind_take"),
    path("visits/<int:visit_id>/photo/", walks.photo, name="visit_photo"),
    path("heads/", heads.heads, name="heads"),
    path("heads/new/", heads.add, name="head_new"),
    path("heads/<int:head_end_id>/", heads.head, name="head"),
    path("heads/<int:head_end_id>/switch/", heads.switch, name="head_switch"),
    path("heads/<int:head_end_id>/again/", heads.again, name="head_again"),
    path("heads/messages/<int:message_id>/", heads.message, name="message"),
    path("heads/messages/<int:message_id>/<slug:action>/", heads.act, name="message_act"),
    path("files/", files.file_list, name="files"),
    path("files/new/", files.upload, name="file_new"),
    path("files/<int:file_id>/", files.file, name="file"),
    path("files/<int:file_id>/columns/", files.columns, name="file_columns"),
    path("files/<int:file_id>/refused.<slug:form>", files.refused_file, name="file_refused"),
    path("files/<int:file_id>/<slug:action>/", files.act, name="file_act"),
]
