"""Who a person is for all modules, what is held of them, and what hinders their erasure."""
# ruff: noqa: S608 - put together from pieces of `core.days`; values are bound

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor
from qiao.core.days import day_of
from qiao.core.models import Attachment
from qiao.core.personal import Held, Hinder, Person, ids_of, select
from qiao.core.registry import registry
from qiao.core.rules import phones
from qiao.customers.models import CustomerIdentity, Erasure, SubjectExport
from qiao.customers.queries.holds import open_hold
from qiao.customers.queries.identities import opened
from qiao.customers.queries.people import NotVisible, held_as

ERASE = "customers.erase"
ACCESS = "customers.subject_access"
OWNER_KIND = "document"

# Only while a request stands, or for ever after.
PANEL = f"""
SELECT json_build_object('id', e.id, 'state', e.state,
                         'day', {day_of("coalesce(e.done_at, e.requested_at)")})
  FROM customers_erasure e
 WHERE e.customer_id = %(customer_id)s AND e.state IN ('requested', 'approved', 'done')
   AND e.organisation_id = ANY(%(organisation_ids)s)
"""
_PHONES = """
SELECT p.number, p.extension FROM customers_customerphone p
 WHERE p.customer_id = ANY(%(ids)s)
   AND NOT EXISTS (SELECT 1 FROM customers_customerphone o
                    WHERE o.number = p.number AND o.customer_id <> ALL(%(ids)s))
"""
_NAMES = """
SELECT DISTINCT c.name FROM customers_customer c
 WHERE c.id = ANY(%(ids)s)
   AND NOT EXISTS (SELECT 1 FROM customers_customer o
                    WHERE o.name_search = c.name_search AND o.id <> ALL(%(ids)s))
"""
_SHORTEST_NAME = 2


def person_of(customer_id: int) -> Person:
    """The person of a customer: all ids, numbers and texts that are theirs alone."""
    ids = list(held_as(customer_id))
    numbers: list[str] = []
    words: list[str] = []
    for row in select(_PHONES, {"ids": ids}):
        stored = phones.join_extension(row["number"], row["extension"])
        numbers += sorted({row["number"], stored})
        words += sorted({row["number"], phones.stored_digits(stored), phones.display(stored)})
    words += [
        row["name"] for row in select(_NAMES, {"ids": ids}) if len(row["name"]) >= _SHORTEST_NAME
    ]
    words += [opened(row) for row in CustomerIdentity.objects.filter(customer_id__in=ids)]
    return Person(tuple(ids), tuple(numbers), tuple(words))


_SOLE_PREMISES = """
SELECT DISTINCT s.premises_id
  FROM customers_accountparty t
  JOIN customers_account a ON a.id = t.account_id
  JOIN customers_servicepoint s ON s.id = a.service_point_id
 WHERE t.customer_id = ANY(%(ids)s)
   AND NOT EXISTS (
       SELECT 1 FROM customers_servicepoint q
         JOIN customers_account b ON b.service_point_id = q.id
         JOIN customers_accountparty o ON o.account_id = b.id
        WHERE q.premises_id = s.premises_id AND o.customer_id <> ALL(%(ids)s))
"""


def sole_premises(person: Person) -> list[int]:
    """Addresses at which nobody but this person was ever a customer."""
    return ids_of(_SOLE_PREMISES, {"ids": list(person.customer_ids)})


_RUNNING = """
SELECT DISTINCT a.number FROM customers_accountparty t
  JOIN customers_account a ON a.id = t.account_id
 WHERE t.customer_id = ANY(%(ids)s) AND a.status <> 'closed' AND upper_inf(t.period)
 ORDER BY a.number LIMIT 5
"""


def own_hinders(person: Person) -> Sequence[Hinder]:
    """Accounts that run, since a contract cannot be kept with nobody; and a legal hold."""
    rows = select(_RUNNING, {"ids": list(person.customer_ids)})
    found = [Hinder(_("Account %(number)s is not closed.") % row) for row in rows]
    if open_hold(person.customer_ids[0]) is not None:
        found.append(Hinder(_("The customer is under a legal hold.")))
    return found


def hinders_of(person: Person) -> list[Hinder]:
    """All that must end before a person may be erased, over all modules."""
    return [hinder for part in registry.personal() for hinder in part.hinders(person)]


_TABLES: tuple[tuple[Any, str], ...] = (
    (
        _("Customer"),
        "SELECT number, kind, name, gender, language, flags, tier, tier_reason, created_at"
        " FROM customers_customer WHERE id = ANY(%(ids)s) ORDER BY id",
    ),
    (
        _("Telephone numbers"),
        "SELECT number, extension, kind, label, is_primary, standing, standing_since, verified_at,"
        " created_at"
        " FROM customers_customerphone WHERE customer_id = ANY(%(ids)s) ORDER BY id",
    ),
    (
        _("Former telephone numbers"),
        "SELECT number, extension, kind, label, since, until, reason FROM customers_formerphone"
        " WHERE customer_id = ANY(%(ids)s) ORDER BY id",
    ),
    (
        _("Calls to telephone numbers"),
        "SELECT number, extension, outcome, at FROM customers_phoneattempt"
        " WHERE customer_id = ANY(%(ids)s) ORDER BY at, id",
    ),
    (
        _("Notes"),
        "SELECT text, created_at, edited_at FROM customers_note"
        " WHERE customer_id = ANY(%(ids)s) ORDER BY id",
    ),
    (
        _("Tags"),
        "SELECT t.name, t.about, k.at FROM customers_customertag k"
        " JOIN customers_tag t ON t.id = k.tag_id"
        " WHERE k.customer_id = ANY(%(ids)s) ORDER BY k.id",
    ),
    (
        _("Legal hold"),
        "SELECT reason, placed_at, released_at FROM customers_hold"
        " WHERE customer_id = ANY(%(ids)s) ORDER BY id",
    ),
    (
        _("Wishes"),
        "SELECT channels, language, quiet_from, quiet_until, needs, needs_text, changed_at"
        " FROM customers_preference WHERE customer_id = ANY(%(ids)s) ORDER BY id",
    ),
    (
        _("Consent"),
        "SELECT at, purpose, channel, is_given, how, proof, text_version"
        " FROM customers_consent WHERE customer_id = ANY(%(ids)s) ORDER BY id",
    ),
    (
        _("Hand-overs"),
        "SELECT m.number, m.hand_over_date, p.side, p.role, a.number AS account,"
        " m.forwarding_address, m.forwarding_phone, m.note, m.undone_at"
        " FROM customers_moveparty p JOIN customers_move m ON m.id = p.move_id"
        " JOIN customers_account a ON a.id = m.account_id"
        " WHERE p.customer_id = ANY(%(ids)s) ORDER BY m.id, p.id",
    ),
    (
        _("Cards"),
        "SELECT kind, number, lower(period) AS since, upper(period) AS until"
        " FROM customers_card WHERE customer_id = ANY(%(ids)s) ORDER BY id",
    ),
    (
        _("Accounts"),
        "SELECT a.number, a.service, a.use, a.status, t.role, lower(t.period) AS since,"
        " upper(t.period) AS until, h.full_text AS address FROM customers_accountparty t"
        " JOIN customers_account a ON a.id = t.account_id"
        " LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id"
        " LEFT JOIN customers_premises h ON h.id = s.premises_id"
        " WHERE t.customer_id = ANY(%(ids)s) ORDER BY t.id",
    ),
    (
        _("Decisions on the tier"),
        "SELECT at, tier, kind, reason FROM customers_tierchange"
        " WHERE customer_id = ANY(%(ids)s) ORDER BY id",
    ),
)


def collect(person: Person) -> Sequence[Held]:
    """The customer itself, with identity numbers in clear: they are the person's own."""
    ids = list(person.customer_ids)
    identities = [
        {"kind": row.kind, "number": opened(row), "verified_at": row.verified_at}
        for row in CustomerIdentity.objects.filter(customer_id__in=ids).order_by("id")
    ]
    tables = [Held(title, select(sql, {"ids": ids})) for title, sql in _TABLES]
    files = Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id__in=ids)
    tables.append(Held(_("Documents"), select(_DOCUMENTS, {"ids": ids}), list(files)))
    return [*tables, Held(_("Identity documents"), identities)]


_DOCUMENTS = """
SELECT kind, title, note, dated, expires, added_at FROM customers_document
 WHERE customer_id = ANY(%(ids)s) ORDER BY id
"""


def erasure_of(customer_id: int) -> Erasure | None:
    """The latest request to erase this customer."""
    found = Erasure.objects.filter(customer_id=customer_id).order_by("-id")
    return found.select_related("requested_by", "decided_by").first()


def get_erasure_for(*, actor: Actor, erasure_id: int) -> Erasure:
    """A request of an organisation in which the actor may erase.

    Raises `NotVisible`.
    """
    found = (
        Erasure.objects.filter(pk=erasure_id, organisation__in=list(actor.organisations(ERASE)))
        .select_related("customer", "requested_by", "decided_by", "organisation")
        .first()
    )
    if found is None:
        raise NotVisible(f"erasure {erasure_id}")
    return found


def list_erasures(*, actor: Actor, after: int | None, limit: int) -> list[Erasure]:
    """Requests to erase within the actor's right, the latest first."""
    rows = Erasure.objects.filter(organisation__in=list(actor.organisations(ERASE)))
    if after is not None:
        rows = rows.filter(pk__lt=after)
    named = rows.select_related("customer", "requested_by", "decided_by")
    return list(named.order_by("-id")[:limit])


def subject_exports_of(customer_id: int) -> list[SubjectExport]:
    """The latest exports of all that is held about a customer."""
    rows = SubjectExport.objects.filter(customer_id=customer_id)
    return list(rows.select_related("requested_by").order_by("-id")[:10])
