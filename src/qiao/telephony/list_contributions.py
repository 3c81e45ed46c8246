"""What lists of calls contribute: rights, the rail, the fold of counts, how long calls are kept,
what a person is told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.manifest import AuditTable, Command, NavItem, Permission, Retention
from qiao.core.personal import Erasing, Held, Hinder, Person, PersonalData, ids_of, select
from qiao.core.tasks import PeriodicJob
from qiao.customers.queries.holds import IDS_OF_ROW
from qiao.telephony.models import CallList
from qiao.telephony.operations import fold_list_counts, let_tries_go
from qiao.telephony.rights import DIAL, LISTS

PERMISSIONS: Final = (
    Permission(DIAL, _("Call customers from the screen")),
    Permission(LISTS, _("Make lists of calls, begin and close them")),
)
NAVIGATION: Final = (
    NavItem(
        "call_lists", _("Call lists"), "phone-outgoing", "telephony:call_lists", DIAL, 24,
        shortcut="g p",
    ),
)  # fmt: skip
COMMANDS: Final = (
    Command("telephony.lists", _("Call lists"), "phone-outgoing", "telephony:call_lists", DIAL),
)


def _fold(now: datetime) -> None:
    del now
    with transaction.atomic():
        fold_list_counts()


PERIODIC: Final = (PeriodicJob("telephony.fold_lists", "*/2 * * * *", _fold),)
RETENTION: Final = (
    Retention(
        key="telephony.list_tries",
        label=_("Calls from lists"),
        about=_("Each call with its result and note is deleted; results stay counted by list"),
        table="telephony_calllisttry",
        due="r.at < %(before)s",
        keep=730,
        least=365,  # so far the quiet days of lists look back at most
        most=3_650,
        because=_("Two years: this year's lists are compared with those of the year before"),
        customer_ids=IDS_OF_ROW,
        clear=let_tries_go,
    ),
)
AUDITED: Final = ("telephony_calllist",)
AUDIT_WORDS: Final = (
    AuditTable(
        "telephony_calllist",
        _("Call list"),
        {
            "name": _("Name"),
            "state": pgettext_lazy("call list", "State"),
            "mode": pgettext_lazy("call list", "How it is dialled"),
            "purpose": _("What for"),
            "script": _("What is said"),
        },
        values={
            "state": dict(CallList.State.choices),
            "mode": dict(CallList.Mode.choices),
            "purpose": dict(CallList.Purpose.choices),
        },
    ),
)
_OWN: Final = "FROM telephony_calllistentry e WHERE e.customer_id = ANY(%(ids)s)"
_TRIES: Final = """
SELECT l.name, t.at, t.result, t.note FROM telephony_calllisttry t
  JOIN telephony_calllist l ON l.id = t.call_list_id
 WHERE t.customer_id = ANY(%(ids)s) ORDER BY t.id
"""
_OPEN: Final = f"""
SELECT l.name FROM telephony_calllist l WHERE l.id IN (
    SELECT e.call_list_id {_OWN} AND e.state = 'taken') LIMIT 5
"""  # noqa: S608 - this file's own pieces


def collect(person: Person) -> Sequence[Held]:
    """In which lists they stood, and what came of the calls."""
    return [Held(_("Calls from lists"), select(_TRIES, _values(person)))]


def erase(person: Person, erasing: Erasing) -> None:
    """That they were called stays, for the quiet time of whoever has their number next; what was
    noted goes, and nobody calls them from a list any more."""
    values = _values(person)
    entries = ids_of(f"SELECT e.id {_OWN}", values)
    erasing.run(
        "telephony.list_entries",
        "UPDATE telephony_calllistentry SET what = '', ref = NULL,"
        " why = CASE WHEN state = 'done' THEN why ELSE 'gone' END,"
        " state = CASE WHEN state = 'done' THEN state ELSE 'skipped' END,"
        " taken_by_id = NULL, taken_at = NULL WHERE id = ANY(%(entries)s)",
        {"entries": entries},
    )
    erasing.redact(
        "telephony.list_tries",
        table="telephony_calllisttry",
        by="entry_id",
        ids=entries,
        fields=["note"],
    )


def hinders(person: Person) -> Sequence[Hinder]:
    """Somebody is about to call them."""
    return [
        Hinder(_("They are being called from the list %(name)s.") % {"name": row["name"]})
        for row in select(_OPEN, _values(person))
    ]


def _values(person: Person) -> dict[str, Any]:
    return {"ids": list(person.customer_ids)}


PERSONAL: Final = (
    PersonalData(
        key="telephony.lists",
        order=28,  # before the calls that they point to
        collect=collect,
        erase=erase,
        hinders=hinders,
        counted={
            "telephony.list_entries": _("Entries of call lists without what they were about"),
            "telephony.list_tries": _("Calls from lists without notes"),
        },
    ),
)
