"""What the metering module contributes."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import DemoStage, Module, Subscription
from qiao.customers.events import (
    AccountHandedOver,
    AccountOpened,
    MeterExchanged,
    MeterExchangeUndone,
    MoveUndone,
)
from qiao.metering import contributions, demo, demo_intervals, reason_codes
from qiao.metering.operations import ensure_registers, install_checks, install_reasons
from qiao.metering.parameters import PARAMETERS
from qiao.metering.personal import PERSONAL
from qiao.metering.queries.pack_readings import checks_of_packs, reasons_of_packs
from qiao.metering.tasks import (
    PERIODIC,
    on_account_handed_over,
    on_account_opened,
    on_exchange_undone,
    on_meter_exchanged,
    on_move_undone,
)


def _install(now: datetime) -> None:
    install_checks(checks=checks_of_packs(), now=now)
    install_reasons(reasons=reasons_of_packs(), now=now)
    ensure_registers(now=now)


manifest = Module(
    key="metering",
    label=_("Metering"),
    personal=PERSONAL,
    permissions=contributions.PERMISSIONS,
    navigation=contributions.NAVIGATION,
    commands=contributions.COMMANDS,
    panels=contributions.PANELS,
    parameters=PARAMETERS,
    code_tables=reason_codes.CODE_TABLES,
    subscriptions=(
        Subscription(AccountOpened, on_account_opened),
        Subscription(MeterExchanged, on_meter_exchanged),
        Subscription(MeterExchangeUndone, on_exchange_undone),
        Subscription(AccountHandedOver, on_account_handed_over),
        Subscription(MoveUndone, on_move_undone),
    ),
    periodic=PERIODIC,
    install=_install,
    demo=(
        DemoStage("metering", 80, demo.build, demo.audit),
        DemoStage("metering.intervals", 81, demo_intervals.build, demo_intervals.audit),
    ),
    append_only=("metering_readingchange", "metering_usageadjustment"),
    audited=contributions.AUDITED,
    audit_words=contributions.AUDIT_WORDS,
    derived=("metering_register",),
    retention=contributions.RETENTION,
)
