"""What packs bring to the green channel: versions of their rules for the whole company."""

from datetime import datetime

from django.db.models import Max

from qiao.cases.models import GreenRuleRow
from qiao.core.packs.green_rules import GreenRuleSpec


def next_place(pack: str) -> int:
    """The place after the last rule of a pack."""
    last = GreenRuleRow.objects.filter(pack=pack).aggregate(last=Max("place"))["last"]
    return int(last or 0) + 1


def install_green_rule(*, pack: str, spec: GreenRuleSpec, now: datetime) -> None:
    """Keep a new version of a pack's rule. What the company changed later stays, as do its place
    and whether it is on; units keep what they decided."""
    alike = GreenRuleRow.objects.filter(pack=pack, key=spec.key, organisation=None)
    if alike.filter(valid_from__gte=spec.valid_from):
        return
    before = alike.filter(valid_to__isnull=True).first()
    alike.filter(valid_to__isnull=True).update(valid_to=spec.valid_from)
    GreenRuleRow.objects.create(
        pack=pack,
        key=spec.key,
        names=spec.name.data(),
        source=spec.source.data(),
        terms=dict(spec.terms),
        raises_to=spec.raises_to,
        is_on=before is None or before.is_on,
        place=before.place if before else next_place(pack),
        valid_from=spec.valid_from,
        changed_at=now,
    )
