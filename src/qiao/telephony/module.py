"""What the telephone contributes."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import (
    AuditTable,
    Command,
    ContactTool,
    DemoStage,
    FramePart,
    Module,
    NumberKey,
    Permission,
    PersonLink,
    QueueSource,
)
from qiao.telephony import demo_history, line_codes, owed_inbox
from qiao.telephony import list_contributions as lists
from qiao.telephony import menu_contributions as menus
from qiao.telephony import recording_contributions as recordings
from qiao.telephony.contributions import PARAMETERS
from qiao.telephony.demo import call_lists, lines
from qiao.telephony.demo import menus as menu_draft
from qiao.telephony.features import FEATURES
from qiao.telephony.inbox import count_inbox, find_inbox, load_inbox
from qiao.telephony.list_export import EXPORTS
from qiao.telephony.operations import install_menus, keep_as_packs_say, renew_watches
from qiao.telephony.personal import PERSONAL
from qiao.telephony.quality_contributions import EVALUATED
from qiao.telephony.queries import came_by, load_pop, load_softphone, telephone_of
from qiao.telephony.record_contributions import COMMANDS, NAVIGATION, PERIODIC
from qiao.telephony.recording_personal import PERSONAL as RECORDED
from qiao.telephony.rights import DIAL, LINES, MENUS, WATCH
from qiao.telephony.showing.controls import load_tool
from qiao.telephony.showing.scenes import load_scene
from qiao.telephony.story_contributions import STORIES
from qiao.telephony.watch_contributions import WATCH_COMMANDS, WATCH_FRAME, WATCH_NAVIGATION

BROWSER_PHONES = AuditTable(
    "telephony_browserphone",
    _("Telephones in the browser"),
    {
        "made_at": pgettext_lazy("telephone in the browser", "Secret made"),
        "is_used": pgettext_lazy("telephone in the browser", "Is rung"),
        "handed_at": pgettext_lazy("telephone in the browser", "Secret handed over"),
    },
)
LINE_WORDS = AuditTable(
    "telephony_line",
    _("Lines"),
    {
        "number": pgettext_lazy("line", "Number"),
        "name": pgettext_lazy("line", "Name"),
        "queue": _("Queue"),
        "menu": _("Voice menu"),
        "greeting": pgettext_lazy("line", "Sounds said first"),
        "is_recorded": _("Calls are recorded"),
        "is_emergency": _("A number for emergencies"),
        "is_active": pgettext_lazy("line", "In service"),
    },
)
VIEW, WORK = "interactions.view", "interactions.work"
PLAYED = settings.SWITCH == "played"
PLAYED_COMMANDS = (
    Command(
        "telephony.phone", _("Call in as a customer"), "device-mobile", "telephony:phone", WORK
    ),
)


def _install(now: datetime) -> None:
    with transaction.atomic():
        install_menus(now)
        keep_as_packs_say()


manifest = Module(
    key="telephony",
    label=_("Telephone"),
    features=FEATURES,
    permissions=(
        Permission(WATCH, _("Listen to calls, whisper, take them over")),
        Permission("calls.figures", _("See the service level and the wallboard")),
        Permission(LINES, _("Set up the numbers that customers dial")),
        Permission(MENUS, _("Edit voice menus and put them into service")),
        *lists.PERMISSIONS,
        *recordings.PERMISSIONS,
    ),
    navigation=(*NAVIGATION, *lists.NAVIGATION, *WATCH_NAVIGATION),
    periodic=(*PERIODIC, *lists.PERIODIC, *recordings.PERIODIC),
    exports=EXPORTS,
    administration=menus.ADMINISTRATION,
    frame=(
        FramePart("telephony.pop", "over", "telephony/pop.html", WORK, load_pop, 10, follows=True),
        WATCH_FRAME,
        FramePart(
            "telephony.softphone", "bar", "telephony/softphone/bar.html", WORK, load_softphone, 8
        ),
    ),
    presence=renew_watches,
    presence_right=WATCH,
    telephone=telephone_of,
    contact_tools=(
        ContactTool(
            "telephony.controls", "telephony/controls.html", WORK, load_tool, 10,
            came=came_by,
        ),
        ContactTool("telephony.scene", "telephony/scene_tool.html", WORK, load_scene, 15),
        ContactTool(
            "telephony.owed", "telephony/owed_tool.html", WORK, recordings.load_owed, 20
        ),
    ),
    number_keys=(
        NumberKey(
            "telephony.call", pgettext_lazy("number", "Call"), "phone-outgoing",
            "telephony:call_number", DIAL,
        ),
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
        QueueSource(
            key="owed",
            label=pgettext_lazy("inbox", "Calls that are owed"),
            permission=VIEW,
            load=owed_inbox.load_owed,
            find=owed_inbox.find_owed,
            order=14,
            counts=owed_inbox.count,
            topics=("owed",),
            sorted_by=pgettext_lazy("inbox order", "by deadline"),
        ),
    ),
    person_menu=(
        (PersonLink(_("On-screen telephone"), "device-mobile", "telephony:phone"),)
        if PLAYED
        else ()
    ),
    commands=(
        *COMMANDS,
        *WATCH_COMMANDS,
        *lists.COMMANDS,
        *menus.COMMANDS,
        Command(
            "telephony.owed", _("Calls that are owed"), "phone-outgoing",
            "telephony:owed_list", VIEW,
        ),
        *(PLAYED_COMMANDS if PLAYED else ()),
    ),
    demo=(
        DemoStage("telephony.lines", 58, lines.build),
        DemoStage("telephony.menus", 65, menu_draft.build),
        DemoStage("telephony.history", 66, demo_history.build, demo_history.audit),
        DemoStage("telephony.call_lists", 98, call_lists.build, call_lists.audit),
    ),
    personal=(*PERSONAL, *RECORDED, *lists.PERSONAL),
    install=_install,
    parameters=(*PARAMETERS, *recordings.PARAMETERS),
    lanes=recordings.LANES,
    retention=(*recordings.RETENTION, *lists.RETENTION),
    audited=(
        *recordings.AUDITED, *lists.AUDITED, "telephony_browserphone", "telephony_line",
    ),
    audit_words=(*recordings.AUDIT_WORDS, *lists.AUDIT_WORDS, BROWSER_PHONES, LINE_WORDS),
    code_tables=(line_codes.TABLE,),
    evaluated=EVALUATED,
    stories=STORIES,
    append_only=("telephony_callentry", "telephony_calllisttry", "telephony_voicemenu"),
)  # fmt: skip
