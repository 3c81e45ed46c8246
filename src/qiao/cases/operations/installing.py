"""Packs become rows: case types to refer to, process versions to run, calendars to count in."""

from datetime import datetime

from qiao.cases import definitions
from qiao.cases.models import CaseType, ProcessVersion
from qiao.cases.models.definitions import EVER
from qiao.cases.operations.cause_tree import install_causes
from qiao.cases.rules.pack import inspect_processes
from qiao.core.calendar_edits import put_calendar
from qiao.core.packs import Catalogue, Pack, PackInvalid
from qiao.core.transactions import required


def install_packs(*, catalogue: Catalogue, now: datetime) -> None:
    """Bring the rows up to date with the enabled packs; running cases are not touched.

    A process whose text the pack changed becomes a new version. It is in force at once while the
    house follows the pack; beside a text that the house published it is only an offer. What a
    pack left alone displaces nothing. A case type that no pack has any more stays, switched off.

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
    for source in pack.processes:
        form = dict(source.data)
        digest = definitions.digest_of(form)
        versions = ProcessVersion.objects.filter(key=source.key)
        last = versions.filter(source=ProcessVersion.Source.PACK).order_by("-version").first()
        if last is not None and last.digest == digest:
            continue
        newest = versions.order_by("-version").first()
        ProcessVersion.objects.create(
            key=source.key,
            version=newest.version + 1 if newest else 1,
            definition=form,
            digest=digest,
            in_force_from=_from_when(source.key, last, now),
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
