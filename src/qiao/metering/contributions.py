"""What metering brings to other pages and to the roles."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable, Command, NavItem, Panel, Permission, Retention
from qiao.metering.queries import panels
from qiao.metering.showing.words import RULES, SEVERITIES

VIEW, READ, VALIDATE = "metering.view", "metering.read", "metering.validate"
WALK, QUALITY = "metering.walk", "metering.quality"
HEADS = "metering.heads"

PERMISSIONS = (
    Permission(VIEW, _("See readings and routes")),
    Permission(READ, _("Take readings in")),
    Permission(VALIDATE, _("Decide on readings, estimate, adjust, plan rounds")),
    Permission(WALK, _("Walk own rounds with the phone and read meters")),
    Permission(QUALITY, _("See how well readers read, draw blind re-reads")),
    Permission(HEADS, _("Name head-ends of remote meters, switch them on and off")),
)
NAVIGATION = (
    NavItem(
        "metering", pgettext_lazy("metering", "Readings"), "gauge", "metering:exceptions", VIEW, 42
    ),
)
COMMANDS = (
    Command(
        "metering.exceptions", _("Readings to decide on"), "gauge", "metering:exceptions", VIEW
    ),
    Command("metering.rounds", _("How far each route is read"), "route", "metering:rounds", VIEW),
    Command("metering.walks", _("My rounds with the phone"), "route", "metering:walks", WALK),
    Command("metering.heads", _("Head-ends of remote meters"), "plug", "metering:heads", READ),
    Command("metering.file", _("Take a file of readings in"), "upload", "metering:file_new", READ),
)
PANELS = (
    Panel(
        key="metering.readings",
        title=pgettext_lazy("metering", "Readings"),
        template="metering/panels/readings.html",
        sql=panels.READINGS,
        permission=VIEW,
        places=frozenset({"customer.accounts", "aside"}),
        order=42,
    ),
)
AUDITED = (
    "metering_registermultiplier",
    "metering_route",
    "metering_check",
    "metering_unreadreason",
    "metering_headend",
)
AUDIT_WORDS = (
    AuditTable(
        "metering_registermultiplier",
        _("Multiplier of a register"),
        {
            "register_id": pgettext_lazy("metering", "Register"),
            "valid_from": pgettext_lazy("metering", "Holds since"),
            "factor": pgettext_lazy("metering", "Multiplier"),
            "source": pgettext_lazy("metering", "By which document"),
        },
    ),
    AuditTable(
        "metering_route",
        pgettext_lazy("metering", "Route"),
        {
            "code": pgettext_lazy("route", "Number"),
            "name": pgettext_lazy("route", "Name"),
            "reader_id": pgettext_lazy("route", "Reader"),
            "is_active": pgettext_lazy("route", "In use"),
        },
    ),
    AuditTable(
        "metering_check",
        _("Check of readings"),
        {
            "service": pgettext_lazy("metering", "Service"),
            "key": pgettext_lazy("metering", "Check"),
            "valid_from": pgettext_lazy("metering", "Holds since"),
            "severity": pgettext_lazy("metering", "How strictly"),
            "parameters": pgettext_lazy("metering", "Figures"),
            "source": pgettext_lazy("metering", "By which document"),
        },
        values={"key": RULES, "severity": SEVERITIES},
    ),
    AuditTable(
        "metering_unreadreason",
        _("Reason for not reading a meter"),
        {
            "key": pgettext_lazy("reason not to read", "Key"),
            "valid_from": pgettext_lazy("metering", "Holds since"),
            "names": pgettext_lazy("reason not to read", "Words"),
            "needs_photo": _("Needs a photo"),
            "is_active": pgettext_lazy("route", "In use"),
            "source": pgettext_lazy("metering", "By which document"),
        },
    ),
    AuditTable(
        "metering_headend",
        pgettext_lazy("head-end", "Head-end"),
        {
            "name": pgettext_lazy("head-end", "Name"),
            "topic": pgettext_lazy("head-end", "Topics"),
            "form": pgettext_lazy("head-end", "Form"),
            "is_active": pgettext_lazy("route", "In use"),
        },
    ),
)

RETENTION = (
    Retention(
        key="metering.aside",
        label=_("Messages of head-ends that were put aside"),
        about=_("Those that were taken in after all or let go; what waits stays"),
        table="metering_asidemessage",
        due="r.done_at < %(before)s",
        keep=180,
        because=_("Half a year: as long as a bill is usually disputed"),
    ),
)
