"""What billing contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.billing import (
    contributions,
    demo,
    invoice_demo,
    matters,
    overview,
    tariff_contributions,
    tariff_demo,
    terms_demo,
    voice,
)
from qiao.billing import telling_contributions as telling
from qiao.billing.decisions import DECISIONS
from qiao.billing.events import BillsIssued
from qiao.billing.ledger_export import EXPORTS
from qiao.billing.operations import install_tariffs
from qiao.billing.parameters import PARAMETERS
from qiao.billing.personal import PERSONAL
from qiao.billing.queries.pack_tariffs import tariffs_of_packs
from qiao.billing.tasks import (
    PERIODIC,
    on_bills_issued,
    on_dispute_ended,
)
from qiao.cases.events import DisputeEnded
from qiao.core.manifest import DemoStage, Module, Subscription


def _install(now: datetime) -> None:
    install_tariffs(tariffs=tariffs_of_packs(), now=now)


manifest = Module(
    key="billing",
    label=_("Billing"),
    voice=voice.VOICE,
    permissions=contributions.PERMISSIONS + tariff_contributions.PERMISSIONS,
    navigation=contributions.NAVIGATION,
    commands=contributions.COMMANDS,
    decisions=(*DECISIONS, *tariff_contributions.DECISIONS),
    exports=EXPORTS,
    panels=contributions.PANELS,
    matters=matters.MATTERS,
    headlines=overview.HEADLINES,
    figures=overview.FIGURES,
    point_events=contributions.POINT_EVENTS,
    timeline=contributions.TIMELINE,
    parameters=PARAMETERS,
    personal=PERSONAL,
    periodic=PERIODIC,
    subscriptions=(
        Subscription(BillsIssued, on_bills_issued),
        Subscription(DisputeEnded, on_dispute_ended),
    ),
    install=_install,
    demo=(
        DemoStage("billing", 82, demo.build, demo.audit),
        DemoStage("tariffs", 83, tariff_demo.draft_prices),
        DemoStage("terms", 84, terms_demo.say_terms),
        DemoStage("invoices", 84, invoice_demo.build, invoice_demo.audit),
    ),
    append_only=(
        "billing_posting",
        "billing_entry",
        "billing_billline",
        "billing_closedday",
        "billing_voucher",
    ),
    occasions=telling.OCCASIONS,
    audited=contributions.AUDITED + tariff_contributions.AUDITED,
    audit_words=contributions.AUDIT_WORDS + tariff_contributions.AUDIT_WORDS,
)
