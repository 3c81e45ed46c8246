"""Packs become rows: case types to refer to, process versions to run, calendars to count in."""

import hashlib
import json
from datetime import datetime

from qiao.cases.models import CaseType, ProcessVersion
from qiao.core.calendars import put_calendar
from qiao.core.packs.model import Pack
from qiao.core.transactions import required


def install_pack(*, pack: Pack, now: datetime) -> None:
    """Bring the rows up to date with a checked, qualified pack; running cases are not touched.

    A process whose text changed becomes a new version. A case type that the pack no longer has
    stays, switched off.
    """
    required()
    for spec in pack.calendars:
        put_calendar(key=spec.key, spec=spec, effective_at=now)
    for source in pack.processes:
        text = json.dumps(source.data, sort_keys=True, ensure_ascii=False)
        digest = hashlib.sha256(text.encode()).hexdigest()
        newest = ProcessVersion.objects.filter(key=source.key).order_by("-version").first()
        if newest is None or newest.digest != digest:
            ProcessVersion.objects.create(
                key=source.key,
                version=newest.version + 1 if newest else 1,
                definition=dict(source.data),
                digest=digest,
            )
    for position, item in enumerate(pack.case_types):
        CaseType.objects.update_or_create(
            key=item.key,
            defaults={
                "pack": pack.key,
                "group": item.group,
                "names": dict(item.name),
                "icon": item.icon,
                "process_key": item.process,
                "emergency": item.emergency,
                "is_active": True,
                "position": position,
            },
        )
    kept = [item.key for item in pack.case_types]
    CaseType.objects.filter(pack=pack.key).exclude(key__in=kept).update(is_active=False)
