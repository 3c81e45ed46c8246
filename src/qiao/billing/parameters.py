"""What the company may set about bills, from a day on."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.billing.operations.invoices import ASKED, ISSUED, PAID
from qiao.billing.operations.invoices import WISH as INVOICES
from qiao.billing.operations.telling_ways import WISH
from qiao.billing.queries.late_fees import LEAST, MOST, rate_key
from qiao.billing.queries.review_limits import ESTIMATES, FACTOR, LARGE
from qiao.billing.queries.review_limits import LEAST as LEAST_UNITS
from qiao.core.manifest import Parameter

BY_TELEPHONE: Final = "billing.bills_by_telephone"
_SUPPLY: Final = _("Rules of Electricity Supply and Service: 0.1 %, 0.2 % and 0.3 % a day")
_CONTRACT: Final = _("None until the company sets what its contracts say")
_USUAL: Final = _("Usual in the trade; measure your own and set it")


def _rate(service: str, who: str, label: object, default: int, source: object) -> Parameter:
    return Parameter(
        key=rate_key(service, who),
        label=label,
        about=_("Ten-thousandths of what is overdue, a day; 10 is 0.1 %. 0: none."),
        kind="number",
        default=default,
        least=0,
        most=100,
        default_source=source,
    )


def _look(
    key: str,
    label: object,
    default: int,
    *,
    kind: str = "number",
    least: int = 0,
    most: int | None = None,
    unit: str = "",
    about: object = "",
) -> Parameter:
    return Parameter(
        key=key, label=label, about=about, kind=kind, unit=unit, default=default, least=least,
        most=most, default_source=_USUAL,
    )  # fmt: skip


LATE_FEES: Final = (
    _rate("water", "household", _("Late fee, water, households"), 0, _CONTRACT),
    _rate("water", "others", _("Late fee, water, others"), 0, _CONTRACT),
    _rate("water", "carried", _("Late fee, water, others, carried over the year"), 0, _CONTRACT),
    _rate("power", "household", _("Late fee, power, households"), 10, _SUPPLY),
    _rate("power", "others", _("Late fee, power, others"), 20, _SUPPLY),
    _rate("power", "carried", _("Late fee, power, others, carried over the year"), 30, _SUPPLY),
    _rate("gas", "household", _("Late fee, gas, households"), 0, _CONTRACT),
    _rate("gas", "others", _("Late fee, gas, others"), 0, _CONTRACT),
    _rate("gas", "carried", _("Late fee, gas, others, carried over the year"), 0, _CONTRACT),
    Parameter(
        key=LEAST,
        label=_("Late fee of a bill, at least"),
        about=_("Once there is any."),
        kind="money",
        default=100,
        least=0,
        most=10_000,
        default_source=_SUPPLY,
    ),
    Parameter(
        key=MOST,
        label=_("Late fee of a bill, at most, in percent of what was overdue"),
        about=_("0: no limit."),
        kind="number",
        unit="%",
        default=100,
        least=0,
        most=1_000,
        default_source=_("Never more than the debt itself, until the company decides otherwise"),
    ),
)
REVIEW: Final = (
    _look(
        FACTOR,
        _("A bill is looked at when its use is so many percent of the usual"),
        300,
        least=120,
        most=10_000,
        unit="%",
        about=_(
            "Or when the usual is so many percent of it. What all neighbours use more or less is"
            " taken off first."
        ),
    ),
    _look(
        LEAST_UNITS,
        _("And differs from it by at least so many units over the bill"),
        10,
        most=1_000_000,
    ),
    _look(
        LARGE,
        _("Every bill of at least this amount is looked at"),
        5_000_000,
        kind="money",
        about=_("0: none for its amount alone."),
    ),
    _look(
        ESTIMATES,
        _("A bill is looked at when it is the nth estimated one in a row"),
        3,
        most=24,
        about=_("0: none for being estimated."),
    ),
)
PARAMETERS: Final = (
    *LATE_FEES,
    *REVIEW,
    Parameter(
        key=WISH,
        label=_("Tell customers when their bill is issued"),
        about=_("An e-mail brings the bill as a PDF. Bills of nothing are not told of."),
        kind="choice",
        choices=(
            ("no", pgettext_lazy("notice to the customer", "not told")),
            ("email", pgettext_lazy("notice to the customer", "by email")),
            ("letter", pgettext_lazy("notice to the customer", "by email, else by letter")),
        ),
        default="email",
        default_source=_("Company rule: a bill is told of on the day on which it is issued"),
    ),
    Parameter(
        key=INVOICES,
        label=_("When invoices are wanted"),
        about=_(
            "Of bills of which nobody has asked for one. Somebody may ask for one of any bill,"
            " whatever holds here."
        ),
        kind="choice",
        choices=(
            (ASKED, pgettext_lazy("invoices", "only when somebody asks")),
            (ISSUED, pgettext_lazy("invoices", "when a bill is issued")),
            (PAID, pgettext_lazy("invoices", "when a bill is paid in full")),
        ),
        default=ASKED,
        default_source=_("Usual: who needs an invoice says so"),
    ),
    Parameter(
        key=BY_TELEPHONE,
        label=_("Bills by telephone"),
        about=_("Voice menus read out bills and arrears to whoever proves that they are theirs."),
        kind="boolean",
        default=True,
        default_source=_("Usual: customers hear of their own bills at any hour"),
    ),
)
