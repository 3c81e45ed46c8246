"""Addresses of the telephone."""

from django.urls import include, path

from qiao.telephony.views import (
    controls,
    levels,
    living,
    owed,
    phone,
    recordings,
    records,
    standing,
    wallboard,
)

app_name = "telephony"
urlpatterns = [
    path("ringing/", standing.pop, name="pop"),
    path("ringing/lift", standing.lift, name="lift"),
    path("ringing/decline", standing.decline, name="decline"),
    path("waiting/<int:call_id>", standing.waiting, name="waiting"),
    path("of-contact/<int:interaction_id>", controls.show, name="controls"),
    path("<int:call_id>/keys/<slug:key>", controls.press, name="press"),
    path("<int:call_id>/transfer", controls.transfer, name="transfer"),
    path("<int:call_id>/transfer/queue", controls.to_queue, name="to_queue"),
    path("<int:call_id>/transfer/colleague", controls.consult, name="consult"),
    path("owed/", owed.index, name="owed_list"),
    path("owed/<int:owed_id>", owed.show, name="owed"),
    path("owed/<int:owed_id>/call", owed.begin, name="begin_owed"),
    path("owed/<int:owed_id>/<slug:result>", owed.end, name="end_owed"),
    path("phone/", phone.show, name="phone"),
    path("phone/dial", phone.dial, name="dial"),
    path("phone/<int:deed_id>", phone.display, name="display"),
    path("phone/<int:deed_id>/press", phone.press, name="press_phone"),
    path("phone/<int:deed_id>/put-down", phone.put_down, name="put_down"),
    path("recordings/<int:recording_id>/", recordings.show, name="recording"),
    path("recordings/<int:recording_id>/play", recordings.play, name="play_recording"),
    path(
        "recordings/<int:recording_id>/plays/<int:play_id>",
        recordings.sound,
        name="recording_sound",
    ),
    path("recordings/<int:recording_id>/file", recordings.take, name="take_recording"),
    path("recordings/<int:recording_id>/hold", recordings.hold, name="hold_recording"),
    path("recordings/<int:recording_id>/release", recordings.release, name="release_recording"),
    path("", records.index, name="list"),
    path("<int:call_id>/", records.detail, name="detail"),
    path("level/", levels.level, name="level"),
    path("wallboard", wallboard.wallboard, name="wallboard"),
    path("living/", living.index, name="living"),
    path("menus/", include("qiao.telephony.urls_menus")),
    path("level/file/<slug:form>", levels.level_file, name="level_file"),
]
