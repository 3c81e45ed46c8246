"""What the telephone contributes."""

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import (
    Command,
    ContactTool,
    DemoStage,
    FramePart,
    Module,
    Permission,
    PersonLink,
    QueueSource,
)
from qiao.telephony import demo_history
from qiao.telephony.demo import lines
from qiao.telephony.inbox import count_inbox, find_inbox, load_inbox
from qiao.telephony.queries import load_controls, load_pop
from qiao.telephony.record_contributions import COMMANDS, NAVIGATION, PERIODIC

VIEW, WORK = "interactions.view", "interactions.work"
PLAYED = settings.SWITCH == "played"


manifest = Module(
    key="telephony",
    label=_("Telephone"),
    permissions=(
        Permission("calls.watch", _("Listen to calls, whisper, take them over")),
        Permission("calls.figures", _("See the service level and the wallboard")),
    ),
    navigation=NAVIGATION,
    periodic=PERIODIC,
    frame=(FramePart("telephony.pop", "over", "telephony/pop.html", WORK, load_pop, 10),),
    contact_tools=(
        ContactTool("telephony.controls", "telephony/controls.html", WORK, load_controls, 10),
    ),
    inbox=(
        QueueSource(
            key="call",
            label=pgettext_lazy("inbox", "Calls that wait"),
            permission=VIEW,
            load=load_inbox,
            find=find_inbox,
            order=12,
            counts=count_inbox,
            topics=("queues",),
            sorted_by=pgettext_lazy("inbox order", "longest first"),
        ),
    ),
    person_menu=(
        (PersonLink(_("On-screen telephone"), "device-mobile", "telephony:phone"),)
        if PLAYED
        else ()
    ),
    commands=COMMANDS
    + (
        (
            Command(
                "telephony.phone", _("Call in as a customer"), "device-mobile", "telephony:phone",
                WORK,
            ),
        )
        if PLAYED
        else ()
    ),
    demo=(
        DemoStage("telephony.lines", 58, lines.build),
        DemoStage("telephony.history", 66, demo_history.build, demo_history.audit),
    ),
    append_only=("telephony_callentry",),
)  # fmt: skip
