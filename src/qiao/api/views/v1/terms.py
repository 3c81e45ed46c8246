"""How accounts are billed: by which tariff, with what said of the customer, since when."""

from datetime import date
from typing import Annotated, Final, Literal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import Field

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.faults import conflict
from qiao.api.views.v1.service import changes, reads
from qiao.api.views.v1.shapes import Id, PathId, Shown
from qiao.billing.operations import NewTerms, begin_billing, change_terms, end_billing
from qiao.billing.queries.terms_shown import billed_how
from qiao.core.wire import Body, Day, line

GROUP: Final = "billing"
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Reason = Annotated[str, line(300, 1)]


class Answer(Body):
    """An answer to what a tariff asks: its name, and a key of a choice or a number as text."""

    name: Name
    value: Annotated[str, line(40, 1)]


class TermsSent(Body):
    """Under which tariff an account is billed from a day on. `given` answers what the tariff asks,
    each once; what is left out is as the tariff has it."""

    tariff_id: Id
    since: Day
    given: Annotated[list[Answer], Field(max_length=40)] = []
    reason: Reason


class BillingBegun(TermsSent):
    """The same for an account that was not billed; each bill is for so many months."""

    months: Literal[1, 2, 3, 4, 6, 12] = 1


class BillingEnded(Body):
    """From which day on an account is billed no more: the bill up to it is the last one."""

    until: Day
    reason: Reason


class TermsKnown(Shown):
    """Terms that hold from `since` to before `until`, or for good."""

    tariff_id: int
    tariff: str
    since: date
    until: date | None
    given: dict[str, str]
    reason: str


class BilledHow(Shown):
    """How an account is billed: bills of so many `months`, `billed_until` the first day that no
    bill covers, `closed_date` the day from which on it is billed no more; the terms, the latest
    first. `billed_by` is the other system that bills it, null for one billed here."""

    account_id: int
    months: int
    billed_until: date
    closed_date: date | None
    billed_by: str | None
    terms: list[TermsKnown]


@reads(
    "/accounts/{account_id}/terms", "getTerms", scope="bills:read", answer=BilledHow, group=GROUP,
    title=gettext_lazy("Read how an account is billed"),
    about=gettext_lazy("404 where it is not billed."), versioned=False,
)  # fmt: skip
def get_terms(request: ProgramRequest, account_id: PathId) -> BilledHow:
    """How an account is billed."""
    return _told(request, account_id)


def _told(request: ProgramRequest, account_id: int) -> BilledHow:
    return BilledHow.model_validate(billed_how(actor=actor_of(request), account_id=account_id))


@changes(
    "/accounts/{account_id}/billing", "beginBilling", scope="terms:write", answer=BilledHow,
    group=GROUP, title=gettext_lazy("Begin to bill an account"),
    about=gettext_lazy(
        "An account that is billed already answers 409; so does a day before the last bill."
        " No second person is asked, also where billing ended and begins anew for less: give a"
        " key this scope only where its owner decides."
    ),
)  # fmt: skip
def begin(request: ProgramRequest, account_id: PathId, body: BillingBegun) -> Done:
    """Begin to bill an account."""
    begin_billing(
        _new(account_id, body), months=body.months, actor=actor_of(request), now=request.call.now
    )
    return _done(request, account_id)


@changes(
    "/accounts/{account_id}/terms", "changeTerms", scope="terms:write", answer=BilledHow,
    group=GROUP, title=gettext_lazy("Bill an account otherwise from a day on"),
    about=gettext_lazy(
        "Terms of later days go. Days that are billed answer 409: their bills are taken back"
        " first. No second person is asked: give a key this scope only where its owner decides."
    ),
)  # fmt: skip
def change(request: ProgramRequest, account_id: PathId, body: TermsSent) -> Done:
    """Let other terms hold."""
    _told(request, account_id)  # what is not billed, or not seen, is not found
    change_terms(_new(account_id, body), actor=actor_of(request), now=request.call.now)
    return _done(request, account_id)


@changes(
    "/accounts/{account_id}/billing/end", "endBilling", scope="terms:write", answer=BilledHow,
    group=GROUP, title=gettext_lazy("Bill an account no more"),
    about=gettext_lazy(
        "The bill up to that day is the last one; once it is issued, the account is closed with"
        " that day. Days that are billed answer 409."
    ),
)  # fmt: skip
def end(request: ProgramRequest, account_id: PathId, body: BillingEnded) -> Done:
    """End billing."""
    _told(request, account_id)
    end_billing(
        account_id=account_id, until=body.until, reason=body.reason, actor=actor_of(request),
        now=request.call.now,
    )  # fmt: skip
    return _done(request, account_id)


def _new(account_id: int, body: TermsSent) -> NewTerms:
    given = {each.name: each.value for each in body.given}
    if len(given) < len(body.given):
        raise conflict("given", _("Each answer comes once."))
    return NewTerms(account_id, body.since, body.tariff_id, given, body.reason)


def _done(request: ProgramRequest, account_id: int) -> Done:
    return Done(_told(request, account_id), f"/api/v1/accounts/{account_id}/terms")
