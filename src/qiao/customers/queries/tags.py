"""Reading tags: the vocabulary with its counts, and what a customer carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.models import Tag, TagRun
from qiao.customers.queries.people import NotVisible, get_customer_for

PERMISSION: Final = "customers.tags"
SHOWN_RUNS: Final = 12

# A JSON list of the tags that the customer of the panel carries, grouped ones together.
CHIPS: Final = """(
    SELECT coalesce(json_agg(x ORDER BY x.group, x.name), '[]') FROM (
        SELECT t.id, t.name, t.group, t.tone, t.about, k.at, s.name AS who
          FROM customers_customertag k JOIN customers_tag t ON t.id = k.tag_id
          LEFT JOIN staff_staff s ON s.id = k.actor_id
         WHERE k.customer_id = %(customer_id)s AND t.merged_into_id IS NULL) x)"""


def vocabulary(*, retired: bool = False) -> list[Tag]:
    """The company's tags that are given now, or those that are not any more; by group and name."""
    rows = Tag.objects.filter(is_active=not retired, merged_into__isnull=True)
    return list(rows.select_related("kept").order_by("group", "name"))


def get_tag(tag_id: int) -> Tag:
    """A tag that was not merged. Raises `NotVisible`."""
    found = Tag.objects.select_related("kept").filter(pk=tag_id, merged_into__isnull=True).first()
    if found is None:
        raise NotVisible(f"tag {tag_id}")
    return found


def tags_of(*, actor: Actor, customer_id: int) -> list[Tag]:
    """What a customer carries, by group and name. Raises `NotVisible`."""
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    carried = Tag.objects.filter(customers__customer_id=customer.pk, merged_into__isnull=True)
    return list(carried.order_by("group", "name"))


def tag_choices() -> Sequence[tuple[str, Any]]:
    """Tags as rules of segments name them; retired ones are still carried."""
    rows = Tag.objects.filter(merged_into__isnull=True).order_by("-is_active", "group", "name")
    return [(str(tag.pk), tag.name if tag.is_active else _retired(tag)) for tag in rows]


def _retired(tag: Tag) -> str:
    return _("{name} (retired)").format(name=tag.name)


@dataclass(frozen=True, slots=True)
class MergePreview:
    """What merging would come to: customers of each, of both, and of the one that is left."""

    gone: int
    kept: int
    both: int

    @property
    def after(self) -> int:
        """Customers of the one that is left."""
        return self.gone + self.kept - self.both


_BOTH = """
SELECT count(*) FROM customers_customertag a
  JOIN customers_customertag b ON b.customer_id = a.customer_id AND b.tag_id = %(into)s
  JOIN customers_customer c ON c.id = a.customer_id AND c.merged_into_id IS NULL
 WHERE a.tag_id = %(tag)s
"""


def preview_merge(*, tag: Tag, into: Tag) -> MergePreview:
    """Count what merging would come to."""
    ((both,),) = fetch_all(_BOTH, {"tag": tag.pk, "into": into.pk})
    return MergePreview(tag.kept.customer_count, into.kept.customer_count, both)


def moving_tags() -> QuerySet[Tag]:
    """Merged tags whose customers have not all followed yet."""
    rows = Tag.objects.filter(merged_into__isnull=False, kept__customer_count__gt=0)
    return rows.select_related("kept", "merged_into").order_by("pk")


def runs_of(*, actor: Actor) -> list[TagRun]:
    """The latest segments that were given a tag, among those whose unit the actor may tag in."""
    rows = TagRun.objects.filter(segment__organisation__in=list(actor.organisations(PERMISSION)))
    return list(rows.select_related("tag", "segment", "asked_by").order_by("-pk")[:SHOWN_RUNS])


def chips_of(customer_id: int) -> list[dict[str, Any]]:
    """What a customer carries, as the panels show it."""
    ((found,),) = fetch_all(f"SELECT {CHIPS}", {"customer_id": customer_id})
    return list(found)


@dataclass(frozen=True, slots=True)
class TagRecord:
    """A tag as other systems are told of it."""

    tag_id: int
    name: str
    group: str
    about: str


def _records(tags: list[Tag]) -> list[TagRecord]:
    return [TagRecord(tag.pk, tag.name, tag.group, tag.about) for tag in tags]


def tag_records() -> list[TagRecord]:
    """The tags that can be given now, by group and name."""
    return _records(vocabulary())


def tag_records_of(*, actor: Actor, customer_id: int) -> list[TagRecord]:
    """What a customer carries, by group and name. Raises `NotVisible`."""
    return _records(tags_of(actor=actor, customer_id=customer_id))
