"""Packs become rows: case types to refer to, process versions to run, calendars to count in."""

from datetime import datetime
from typing import Any

from django.db import connection

from qiao.cases.models import CaseType, ProcessVersion
from qiao.cases.models.definitions import EVER
from qiao.cases.operations.cause_tree import install_causes
from qiao.cases.rules.case_forms import PREFIX, form_data, form_key
from qiao.cases.rules.pack import inspect_processes
from qiao.core.calendar_edits import put_calendar
from qiao.core.packs import Catalogue, Pack, PackInvalid
from qiao.core.rules.digests import digest_of_data
from qiao.core.transactions import required


def install_packs(*, catalogue: Catalogue, now: datetime) -> None:
    """Bring the rows up to date with the enabled packs; running cases are not touched.

    A process or form whose text the pack changed becomes a new version. It is in force at once
    while the house follows the pack; beside a text that the house published it is only an offer.
    What a pack left alone displaces nothing. A case type that no pack has any more stays,
    switched off.

    Raises:
        PackInvalid: a pack's processes or promises have faults.
    """
    required()
    for pack in catalogue.packs.values():
        problems = list(inspect_processes(pack))
        if problems:
            raise PackInvalid(problems)
        _install_processes(pack, now)
    for spec in catalogue.calendars.values():
        put_calendar(key=spec.key, spec=spec, effective_at=now)
    _install_forms(catalogue, now)
    for position, item in enumerate(catalogue.case_types.values()):
        CaseType.objects.update_or_create(
            key=item.key,
            defaults={
                "pack": item.key.partition(".")[0],
                "group": item.group,
                "names": item.name.data(),
                "icon": item.icon,
                "process_key": item.process,
                "emergency": item.emergency,
                "is_active": True,
                "position": position,
            },
        )
    install_causes(catalogue=catalogue, now=now)
    CaseType.objects.exclude(key__in=list(catalogue.case_types)).update(is_active=False)


def _install_processes(pack: Pack, now: datetime) -> None:
    last = _brought_last([source.key for source in pack.processes])
    for source in pack.processes:
        _install_text(source.key, dict(source.data), last.get(source.key), now)


def _install_forms(catalogue: Catalogue, now: datetime) -> None:
    """The questions of every case type; the first time, open cases learn that they have them."""
    texts = {form_key(item.key): form_data(item) for item in catalogue.case_types.values()}
    last = _brought_last(list(texts))
    for key, form in texts.items():
        _install_text(key, form, last.get(key), now)
    if len(last) < len(texts):
        with connection.cursor() as cursor:
            cursor.execute(_FORMS_OF_OPEN, [PREFIX, [key for key in texts if key not in last]])


_FORMS_OF_OPEN = """
UPDATE cases_case c SET form_id = v.id
  FROM cases_casetype t
  JOIN cases_processversion v ON v.key = %s || t.key AND v.version = 1
 WHERE c.case_type_id = t.id AND c.closed_at IS NULL AND c.form_id IS NULL AND v.key = ANY(%s)
"""


def _brought_last(keys: list[str]) -> dict[str, ProcessVersion]:
    """The text that a pack brought last, by key, without the text itself."""
    rows = ProcessVersion.objects.filter(key__in=keys, source=ProcessVersion.Source.PACK)
    return {row.key: row for row in rows.newest().defer("definition")}


def _install_text(
    key: str, form: dict[str, Any], last: ProcessVersion | None, now: datetime
) -> None:
    digest = digest_of_data(form)
    if last is not None and last.digest == digest:
        return
    newest = ProcessVersion.objects.filter(key=key).order_by("-version").first()
    ProcessVersion.objects.create(
        key=key,
        version=newest.version + 1 if newest else 1,
        definition=form,
        digest=digest,
        in_force_from=_from_when(key, last, now),
        recorded_at=now,
    )


def _from_when(key: str, last: ProcessVersion | None, now: datetime) -> datetime | None:
    """When a new text of a pack comes into force: at once, unless the house has published a text
    of its own; then it is an offer."""
    if last is None:
        return EVER
    house = ProcessVersion.objects.filter(
        key=key, source=ProcessVersion.Source.HOUSE, withdrawn_at__isnull=True
    )
    own = house.order_by("-in_force_from", "-version").first()
    if own is None or own.in_force_from is None or own.digest == last.digest:
        return now
    pack_since = last.in_force_from
    return now if pack_since is not None and pack_since > own.in_force_from else None
