"""What data brings: checks and reasons, each once by key and day."""

from collections.abc import Iterable
from datetime import datetime

from qiao.core.transactions import required
from qiao.metering.models import Check, UnreadReason
from qiao.metering.queries.pack_readings import PackCheck, PackReason


def install_checks(*, checks: Iterable[PackCheck], now: datetime) -> int:
    """Keep checks that are not held yet; how many are new. Held ones stay as they were set."""
    required()
    held = set(Check.objects.values_list("service", "key", "valid_from"))
    new = [
        Check(
            service=each.service,
            key=each.rule.key,
            valid_from=each.rule.valid_from,
            severity=each.rule.severity,
            parameters={name: str(value) for name, value in each.rule.parameters.items()},
            source=dict(each.source),
            created_at=now,
        )
        for each in checks
        if (each.service, each.rule.key, each.rule.valid_from) not in held
    ]
    return len(Check.objects.bulk_create(new))


def install_reasons(*, reasons: Iterable[PackReason], now: datetime) -> int:
    """Keep reasons that are not held yet; how many are new. Held ones stay as they were set."""
    required()
    held = set(UnreadReason.objects.values_list("key", "valid_from"))
    new = {
        (each.key, each.valid_from): UnreadReason(
            key=each.key,
            valid_from=each.valid_from,
            names=dict(each.names),
            needs_photo=each.needs_photo,
            is_active=each.is_active,
            source=dict(each.source),
            created_at=now,
        )
        for each in reasons
        if (each.key, each.valid_from) not in held
    }
    return len(UnreadReason.objects.bulk_create(new.values()))
