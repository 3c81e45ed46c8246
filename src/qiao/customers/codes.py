"""Tiers and the rules that grade, as code tables, to be read: packs bring both."""

from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.code_tables import CodeColumn, CodeQuery, CodeRow, CodeTable, among
from qiao.core.packs.enabled import catalogue
from qiao.customers.models import TierRule

VIEW = "customers.view"
CODE = CodeColumn("code", pgettext_lazy("code table", "Code"), "code")


def _tiers(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    packs = catalogue().packs.values()
    found = [
        CodeRow(
            letter,
            each.word.data(),
            {"code": letter, "advice": each.advice.in_language(query.language)},
            source=", ".join(
                f"{pack.key} {pack.version}"
                for pack in packs
                if letter in {tier.letter for tier in pack.tiers}
            ),
        )
        for letter, each in catalogue().tiers.items()
    ]
    return among(found, query)


def _rules(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    rows = list(TierRule.objects.order_by("-valid_from", "-id"))
    today = timezone.localdate(query.now)
    held = next((row.version for row in rows if row.valid_from <= today), "")
    specs = catalogue().tier_rules
    found = []
    for row in rows:
        spec = specs.get(row.version)
        inputs = [each.name.in_language(query.language) for each in spec.inputs] if spec else []
        found.append(
            CodeRow(
                row.version,
                {"": row.version},
                {
                    "valid_from": row.valid_from.isoformat(),
                    "held": _("in force") if row.version == held else "",
                },
                is_active=row.version == held or row.valid_from > today,
                source=spec.source.in_language(query.language) if spec else "",
                record_id=row.pk,
                more=(
                    (_("Looks at"), inputs),
                    (_("Installed"), timezone.localtime(row.installed_at).date()),
                ),
            )
        )
    return among(found, query)


CODE_TABLES = (
    CodeTable(
        key="customers.tiers",
        label=gettext_lazy("Tiers"),
        about=gettext_lazy("The grades of customers, and what each asks of whoever serves them."),
        group=gettext_lazy("Customers"),
        permission=VIEW,
        columns=(CODE, CodeColumn("advice", gettext_lazy("Advice"))),
        load=_tiers,
        order=70,
    ),
    CodeTable(
        key="customers.tier_rules",
        label=gettext_lazy("Tier rules"),
        about=gettext_lazy(
            "Versions of the rule that grades; the tier of any past day is replayed."
        ),
        group=gettext_lazy("Customers"),
        permission=VIEW,
        columns=(
            CodeColumn("valid_from", gettext_lazy("In force from"), "code"),
            CodeColumn("held", gettext_lazy("State")),
        ),
        load=_rules,
        order=72,
    ),
)
