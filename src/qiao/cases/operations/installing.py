"""Packs become rows: case types to refer to, process versions to run, calendars to count in."""

from datetime import datetime

from qiao.cases import definitions
from qiao.cases.models import CaseType, ProcessVersion
from qiao.cases.operations.cause_tree import install_causes
from qiao.cases.rules.pack import inspect_processes
from qiao.core.calendar_edits import put_calendar
from qiao.core.packs import Catalogue, Pack, PackInvalid
from qiao.core.transactions import required


def install_packs(*, catalogue: Catalogue, now: datetime) -> None:
    """Bring the rows up to date with the enabled packs; running cases are not touched.

    A process whose text changed becomes a new version. A case type that no pack has any more
    stays, switched off.

    Raises:
        PackInvalid: a pack's processes or promises have faults.
    """
    required()
    for pack in catalogue.packs.values():
        problems = list(inspect_processes(pack))
        if problems:
            raise PackInvalid(problems)
        _install_processes(pack)
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


def _install_processes(pack: Pack) -> None:
    for source in pack.processes:
        form = dict(source.data)
        digest = definitions.digest_of(form)
        newest = ProcessVersion.objects.filter(key=source.key).order_by("-version").first()
        if newest is None or newest.digest != digest:
            version = newest.version + 1 if newest else 1
            ProcessVersion.objects.create(
                key=source.key, version=version, definition=form, digest=digest
            )
