"""The customer's own page of a case: its personal links, and what customers do there."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db import connection
from django.urls import reverse
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.cases import definitions
from qiao.cases.events import CaseChanged
from qiao.cases.journal import CUSTOMER, Journal, lock_case
from qiao.cases.models import Case, PublicLookup
from qiao.cases.operations.stepping import take_action
from qiao.cases.operations.talking import EmptyText
from qiao.cases.queries.joining import survivor_of
from qiao.cases.queries.public import find_by_phone, is_over, public_case_row
from qiao.cases.rules.process import Process
from qiao.cases.rules.process_refusals import ProcessRefusal
from qiao.cases.rules.values import BadFact
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.incoming_files import Written, keep_file
from qiao.core.public_address import public_origin
from qiao.core.rules.links import TOKEN_BITS, hash_of, token_from
from qiao.core.rules.text import clean
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.transactions import required
from qiao.staff.operations import notify
from qiao.staff.queries import system_actor

SALT: Final = "qiao.cases.public"
SAID: Final = "cases.customer_said"
TEXT_LENGTH: Final = 1_000
OWNER_KIND: Final = "case"
_MAKE: Final = """
WITH wanted AS MATERIALIZED (
    SELECT c.id, x.hash
      FROM unnest(%(ids)s::bigint[], %(hashes)s::text[]) AS x (id, hash)
      JOIN cases_case c ON c.id = x.id AND c.about_unit_id IS NULL
), made AS (
    INSERT INTO cases_publiclink (case_id, token_hash, made_at)
    SELECT id, hash, %(now)s FROM wanted
    ON CONFLICT (token_hash) DO NOTHING)
SELECT id FROM wanted
"""


class PageClosed(Exception):  # noqa: N818 - names the finding
    """The case ended so long ago that nothing can be said to it any more."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer says on the page: words, a file that is written already, or both.
    `is_unsolved` says that what counts as done is not."""

    text: str
    file: Written | None = None
    is_unsolved: bool = False


def token_of(case_id: int) -> str:
    """What stands in the link of a case. It is counted, not kept: every message and page may
    repeat it, and whoever reads the database alone cannot."""
    digest = salted_hmac(SALT, str(case_id), algorithm="sha256").digest()
    return token_from(int.from_bytes(digest[: TOKEN_BITS // 8], "big"))


def make_links(case_ids: Iterable[int], *, now: datetime) -> dict[int, str]:
    """Tokens of the personal links of these cases; a link that is there already stays the same.
    One statement for thousands. Cases about somebody of the house get none."""
    required()
    tokens = {pk: token_of(pk) for pk in case_ids}
    hashes = {pk: hash_of(token) for pk, token in tokens.items()}
    if not tokens:
        return {}
    with connection.cursor() as cursor:
        about: dict[str, Any] = {"ids": list(hashes), "hashes": list(hashes.values()), "now": now}
        cursor.execute(_MAKE, about)
        found = [row[0] for row in cursor.fetchall()]
    return {pk: tokens[pk] for pk in found}


def link_tails(case_ids: Iterable[int], *, now: datetime) -> dict[int, Mapping[str, str]]:
    """The line with the personal link that stands below every message about a case, by case and
    language key; nothing where the installation does not know its public address."""
    if not public_origin():
        return {}
    told = {}
    for key in DATA_KEYS:
        with override(key.lower()):
            told[key] = _("Where it stands, and a word to us: {link}")
    return {
        pk: {key: text.format(link=public_address(token)) for key, text in told.items()}
        for pk, token in make_links(case_ids, now=now).items()
    }


def public_address(token: str) -> str:
    """The whole address of a page, as customers get it; without the installation's public address
    the path alone."""
    return public_origin() + reverse("portal:case", args=[token])


def look_up(*, number: str, digits: str, network: str, now: datetime) -> str:
    """The token of the case of this number, if the digits are the last four of a telephone number
    given for it; empty otherwise, whatever was wrong. Each attempt is kept."""
    required()
    case_id, fits = find_by_phone(number=number, digits=digits)
    if fits and case_id is not None:
        case = public_case_row(case_id)
        fits = case is not None and not is_over(case, now=now)
    PublicLookup.objects.create(case_id=case_id, network=network, is_found=fits, at=now)
    return make_links([case_id], now=now)[case_id] if fits and case_id is not None else ""


def customer_says(*, case_id: int, said: Said, now: datetime) -> Case:
    """Keep what a customer says to their case on its page, and tell who works on it.

    Where it counts as done and they say that it is not, it goes back the way its process has for
    that; a process without one, or one that asks for more, leaves that to whoever is told.
    For a merged case the one that stands for it is spoken to.

    Raises `PageClosed`, `EmptyText`, `BadText`.
    """
    case = lock_case(survivor_of(case_id))
    if is_over(case, now=now):
        raise PageClosed(case.number)
    text = clean(said.text, field="text", max_length=TEXT_LENGTH)
    if not text and (said.file is None or said.is_unsolved):
        raise EmptyText
    house = system_actor(organisation_id=case.organisation_id)
    data: dict[str, Any] = {"text": text}
    if said.is_unsolved:
        data["unsolved"] = True
    if said.file is not None:
        data |= _kept_file(case, said.file, house, now)
    journal = Journal(case, actor=None, now=now)
    seq = journal.add(SAID.partition(".")[2], data, visibility=CUSTOMER)
    journal.write()
    _tell(case, seq, now)
    if said.is_unsolved:
        case = _back(case, text, house, now)
    return case


def _kept_file(case: Case, file: Written, house: Actor, now: datetime) -> dict[str, Any]:
    row = keep_file(
        file,
        owner_kind=OWNER_KIND,
        owner_id=case.pk,
        organisation_id=case.organisation_id,
        actor=house,
        now=now,
    )
    return {"attachment": row.pk, "file_name": row.file_name, "content_type": row.content_type}


def _tell(case: Case, seq: int, now: datetime) -> None:
    people = {case.responsible_id, case.assignee_id} - {None}
    notify(
        staff_ids=[pk for pk in people if pk is not None],
        kind=SAID,
        subject_id=case.pk,
        once=f"said:{case.pk}:{seq}",
        facts={"seq": seq},
        now=now,
    )
    events.publish(
        CaseChanged(case.pk, "customer_said"),
        organisation_id=case.organisation_id,
        actor=None,
        now=now,
    )


def _way_back(process: Process, step: str) -> tuple[str, str]:
    """The action by which a case that counts as done is worked on again, and the role that it
    asks for; empty where there is none."""
    found = process.index.get(step)
    for action in found.actions if found else ():
        if found and action.kind == "return" and not action.automatic:
            return action.key, action.role or found.role
    return "", ""


def _back(case: Case, text: str, house: Actor, now: datetime) -> Case:
    action, role = _way_back(definitions.process_of(case.process), case.step)
    if not action or case.parent_id is not None:
        return case
    acting = replace(house, roles=house.roles | {role})
    try:
        return take_action(
            case_id=case.pk, action=action, given={"reason": text}, actor=acting, now=now
        )
    except (ProcessRefusal, BadFact):
        return case  # whoever was told decides
