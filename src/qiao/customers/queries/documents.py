"""Documents of customers: listed, found by what they say, and those that end soon."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.core.prepared import fetch_all
from qiao.core.rules.grams import normalise, term_grams
from qiao.customers.models import Document
from qiao.customers.queries.people import NotVisible, get_customer_for, held_as
from qiao.customers.queries.search import visible

RIGHT: Final = "customers.documents"
OWNER_KIND: Final = "document"

PANEL = """
SELECT json_build_object('count', count(*),
                         'rows', coalesce(json_agg(x) FILTER (WHERE x.n <= 4), '[]'))
  FROM (
    SELECT d.id, d.kind, d.title, d.dated, d.expires,
           row_number() OVER (ORDER BY d.dated DESC, d.id DESC) AS n
      FROM customers_document d
     WHERE d.customer_id = ANY(%(customer_ids)s::bigint[]) AND d.replaced_by_id IS NULL
       AND cardinality(%(organisation_ids)s) > 0
     ORDER BY d.dated DESC, d.id DESC LIMIT 200) x
"""


@dataclass(frozen=True, slots=True)
class FoundDocument:
    """A document as a list shows it."""

    document_id: int
    customer_id: int
    customer: str
    kind: str
    title: str
    dated: date
    expires: date | None


_COLUMNS = "SELECT d.id, c.id, c.name, d.kind, d.title, d.dated, d.expires"
_FIND = f"""
{_COLUMNS}
  FROM customers_document d JOIN customers_customer c ON c.id = customers_survivor(d.customer_id)
 WHERE d.grams @> %(grams)s::text[] AND d.search LIKE %(like)s AND d.replaced_by_id IS NULL
   AND {visible("c.id")}
 ORDER BY d.dated DESC, d.id DESC LIMIT %(limit)s
"""
_ENDING = f"""
{_COLUMNS}
  FROM customers_document d JOIN customers_customer c ON c.id = customers_survivor(d.customer_id)
 WHERE d.expires <= %(until)s AND d.replaced_by_id IS NULL AND {visible("c.id")}
 ORDER BY d.expires, d.id LIMIT %(limit)s
"""


def find_documents(*, actor: Actor, text: str, limit: int) -> list[FoundDocument]:
    """Documents whose title, note or content holds a text of two characters or more."""
    folded = normalise(text)
    if len(folded) < 2:
        return []
    values = {
        "grams": term_grams(text, singles=False),
        "like": f"%{folded}%",
        "organisations": list(actor.organisations(RIGHT)),
        "limit": limit,
    }
    return [FoundDocument(*row) for row in fetch_all(_FIND, values)]


def ending_documents(
    *, actor: Actor, today: date, days: int, limit: int = 200
) -> list[FoundDocument]:
    """Documents that have ended or end within so many days, the earliest first."""
    values = {
        "until": today + timedelta(days=days),
        "organisations": list(actor.organisations(RIGHT)),
        "limit": limit,
    }
    return [FoundDocument(*row) for row in fetch_all(_ENDING, values)]


def documents_of(*, actor: Actor, customer_id: int, text: str = "") -> list[Document]:
    """The current documents of a customer, the latest first, or those that hold a text.

    Raises `NotVisible`.
    """
    customer = get_customer_for(actor=actor, customer_id=customer_id, permission=RIGHT)
    rows = Document.objects.filter(customer_id__in=held_as(customer.pk), replaced_by__isnull=True)
    if folded := normalise(text):
        rows = rows.filter(search__contains=folded)
    return list(rows.defer("search", "grams").order_by("-dated", "-id")[:200])


def get_document_for(*, actor: Actor, document_id: int) -> tuple[Document, Attachment]:
    """A document with its file. Raises `NotVisible`."""
    found = Document.objects.filter(pk=document_id).defer("search", "grams").first()
    if found is None:
        raise NotVisible(f"document {document_id}")
    get_customer_for(actor=actor, customer_id=found.customer_id, permission=RIGHT)
    return found, Attachment.objects.get(pk=found.attachment_id)


def versions_of(document: Document) -> list[Document]:
    """The versions that a document replaced, the latest first; at most fifty."""
    out: list[Document] = []
    current: Any = document
    while len(out) < 50 and (before := current.replaces.defer("search", "grams").first()):
        out.append(before)
        current = before
    return out
