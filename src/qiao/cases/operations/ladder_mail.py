"""A rung by e-mail: that a case needs its reader, never of whom or about what it is.

A message is kept and read outside the rights on cases, so it names the number alone.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.cases.models import Case
from qiao.messaging.operations import Sending, Words, queue_to_staff
from qiao.staff.queries import mail_addresses

KIND: Final = "ladder"


def mail_rung(case: Case, staff_ids: Sequence[int], *, once: str, now: datetime) -> None:
    """Queue an e-mail for everybody who is told of a rung and has an address, once, in the
    language that each has chosen, else in that of the unit."""
    usual = next(iter(case.organisation.languages), "en")
    readers: dict[str, dict[int, str]] = defaultdict(dict)
    for staff_id, (address, chosen) in mail_addresses(staff_ids).items():
        readers[chosen or usual][staff_id] = address
    for language, staff in readers.items():
        with override(language.lower()):
            words = Words(_("A deadline needs you: %(number)s") % {"number": case.number}, _body())
        sending = Sending(
            organisation_id=case.organisation_id,
            kind=KIND,
            texts={"": words},
            subject_kind=KIND,
            channels=("email",),
            key=f"ladder:{once}",
            is_plain=True,
        )
        queue_to_staff(sending=sending, staff=staff, actor=None, now=now)


def _body() -> str:
    return _(
        "A case has reached a rung of its ladder at which you are told. Sign in to read it: no"
        " customer is named in e-mails."
    )
