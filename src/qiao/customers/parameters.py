"""What the company may set about customers, from a day on."""

from django.utils.translation import gettext_lazy as _

from qiao.core.manifest import Parameter
from qiao.customers.operations.callers import CALLER_PROVES
from qiao.customers.operations.protection_terms import GRACE_DAYS, PROOF_DAYS, REVIEW_DAYS

PARAMETERS = (
    Parameter(
        key=PROOF_DAYS,
        label=_("Time to bring evidence of a protection"),
        about=_(
            "A claimed protection holds at once; after so many days without evidence somebody"
            " looks. So long before its end a protection is looked at again."
        ),
        kind="days",
        unit=_("days"),
        least=1,
        most=365,
        default=30,
        default_source=_("Company rule: evidence within 30 days"),
        second_person=True,
    ),
    Parameter(
        key=GRACE_DAYS,
        label=_("Grace after a protection has run out"),
        about=_("A protection never ends by itself; after the grace it is the first on the list."),
        kind="days",
        unit=_("days"),
        least=0,
        most=365,
        default=60,
        default_source=_("Company rule: 60 days of grace"),
        second_person=True,
    ),
    Parameter(
        key=REVIEW_DAYS,
        label=_("Time between two reviews of a protection"),
        kind="days",
        unit=_("days"),
        least=30,
        most=1_825,
        default=365,
        default_source=_("Company rule: every protection is looked at once a year"),
    ),
    Parameter(
        key=CALLER_PROVES,
        label=_("The number that calls proves who it is in voice menus"),
        about=_(
            "A caller whose number is registered for exactly one account hears of its bills"
            " without keying anything in. Numbers shown can be forged: leave it off where that"
            " is known to happen."
        ),
        kind="boolean",
        default=False,
        default_source=_("Careful: account number and four digits are keyed in"),
        second_person=True,
    ),
)
