"""Tags: the company's vocabulary, and giving them to customers and taking them off.

Words for all belong to the company: whoever changes them holds the right in the company itself.
Giving them is a change of the customer, with the rights of one.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import IntegrityError, connection, transaction

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import TagsChanged
from qiao.customers.models import CustomerTag, Tag, TagKept
from qiao.customers.operations.access import branch_of, lock_customer
from qiao.customers.operations.refusals import CustomerRefusal
from qiao.customers.queries.people import held_as
from qiao.staff.queries import company_id

PERMISSION: Final = "customers.tags"
NAME_LENGTH: Final = 20
GROUP_LENGTH: Final = 20
ABOUT_LENGTH: Final = 120
MOST_TAGS: Final = 30


class TagNameTaken(CustomerRefusal):
    """The company has another tag of this name, perhaps a retired one."""


class UnknownTag(CustomerRefusal):
    """No such tag, or one that is given no more."""


class TooManyTags(CustomerRefusal):
    """A customer carries at most `MOST_TAGS`."""


def create_tag(
    *,
    actor: Actor,
    now: datetime,
    name: str,
    about: str = "",
    group: str = "",
    tone: str = "",
) -> Tag:
    """Add a word to the company's vocabulary.

    Raises `TagNameTaken`, `UnknownTag` (no such tone), `BadText`, `qiao.core.actor.Forbidden`.
    """
    required()
    actor.require(PERMISSION, company_id())
    tag = Tag(created_at=now, created_by_id=actor.staff_id)
    _name(tag, name=name, about=about, group=group, tone=tone)
    _save(tag)
    TagKept.objects.create(tag=tag)
    return tag


def change_tag(
    *, actor: Actor, tag_id: int, name: str, about: str = "", group: str = "", tone: str = ""
) -> Tag:
    """Give a tag another name or look; customers keep it.

    Raises as `create_tag`, and `UnknownTag` for one that was merged.
    """
    tag = lock_tag(actor=actor, tag_id=tag_id)
    _name(tag, name=name, about=about, group=group, tone=tone)
    _save(tag)
    return tag


def _name(tag: Tag, *, name: str, about: str, group: str, tone: str) -> None:
    if tone not in Tag.Tone.values:
        raise UnknownTag(tone)
    tag.name = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    tag.about = clean(about, field="about", max_length=ABOUT_LENGTH, one_line=True)
    tag.group = clean(group, field="group", max_length=GROUP_LENGTH, one_line=True)
    tag.tone = tone


def _save(tag: Tag) -> None:
    try:
        with transaction.atomic():
            tag.save()
    except IntegrityError as error:
        if "customers_tag_name" not in str(error):
            raise
        raise TagNameTaken(tag.name) from error


def lock_tag(*, actor: Actor, tag_id: int) -> Tag:
    """A tag that was not merged, its row locked, for whoever keeps the vocabulary.

    Raises `UnknownTag`, `qiao.core.actor.Forbidden`.
    """
    required()
    actor.require(PERMISSION, company_id())
    tag = Tag.objects.select_for_update(no_key=True).filter(pk=tag_id).first()
    if tag is None or tag.merged_into_id is not None:
        raise UnknownTag(str(tag_id))
    return tag


def retire_tag(*, actor: Actor, tag_id: int) -> Tag:
    """Give a tag to nobody any more; who carries it keeps it. Raises as `lock_tag`."""
    return _set_active(lock_tag(actor=actor, tag_id=tag_id), is_active=False)


def restore_tag(*, actor: Actor, tag_id: int) -> Tag:
    """Let a retired tag be given again. Raises as `lock_tag`."""
    return _set_active(lock_tag(actor=actor, tag_id=tag_id), is_active=True)


def _set_active(tag: Tag, *, is_active: bool) -> Tag:
    tag.is_active = is_active
    tag.save(update_fields=["is_active"])
    return tag


_ADD = """
INSERT INTO customers_customertag (customer_id, tag_id, at, actor_id)
SELECT %(customer)s, t.id, %(now)s, %(actor)s FROM unnest(%(tags)s::bigint[]) AS t (id)
 ORDER BY t.id
ON CONFLICT (tag_id, customer_id) DO UPDATE SET through_merge_of = NULL
 WHERE customers_customertag.through_merge_of IS NOT NULL
RETURNING tag_id
"""


def tag_customer(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    add: Iterable[int] = (),
    remove: Iterable[int] = (),
) -> list[int]:
    """Give a customer tags and take others off; the ids of those carried afterwards.

    What is carried already and what is not there to be taken off changes nothing. A tag that is
    taken off a customer goes from all rows merged into it as well.

    Raises `UnknownTag`, `TooManyTags`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    customer = lock_customer(actor=actor, customer_id=customer_id)
    carried = set(_carried(customer.pk))
    new = sorted(set(add) - carried)
    gone = sorted(set(remove) & carried)
    if len(carried | set(new)) - len(gone) > MOST_TAGS:
        raise TooManyTags(str(customer.pk))
    if new:
        # Locked against whoever retires or merges it meanwhile.
        known = Tag.objects.filter(pk__in=new, is_active=True).order_by("pk")
        found = set(known.select_for_update(no_key=True).values_list("pk", flat=True))
        if found != set(new):
            raise UnknownTag(", ".join(map(str, set(new) - found)))
        with connection.cursor() as cursor:
            cursor.execute(
                _ADD,
                {"customer": customer.pk, "tags": new, "now": now, "actor": actor.staff_id},
            )
    if gone:
        CustomerTag.objects.filter(customer_id__in=held_as(customer.pk), tag_id__in=gone).delete()
    if new or gone:
        publish(
            TagsChanged(customer.pk, tuple(new), tuple(gone)),
            organisation_id=branch_of(actor=actor, customer_id=customer.pk),
            actor=actor,
            now=now,
        )
    return _carried(customer.pk)


def _carried(customer_id: int) -> list[int]:
    rows = CustomerTag.objects.filter(customer_id=customer_id).order_by("tag_id")
    return list(rows.values_list("tag_id", flat=True))


# As links are lent: what no merged row lends any more goes, what one lends is there.
_LENT_NO_MORE = """
DELETE FROM customers_customertag t
 WHERE t.customer_id = %(holder)s AND t.through_merge_of IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM customers_customer m
                     JOIN customers_customertag k ON k.customer_id = m.id
                    WHERE m.id = t.through_merge_of AND m.merged_into_id = t.customer_id
                      AND k.tag_id = t.tag_id)
"""
_LENT = """
INSERT INTO customers_customertag (customer_id, tag_id, at, actor_id, through_merge_of)
SELECT DISTINCT ON (k.tag_id) %(holder)s::bigint, k.tag_id, k.at, k.actor_id, m.id
  FROM customers_customer m
  JOIN customers_customertag k ON k.customer_id = m.id
 WHERE m.merged_into_id = %(holder)s
 ORDER BY k.tag_id, m.id
ON CONFLICT DO NOTHING
"""


def lend_tags(*, holder_id: int) -> None:
    """Let who stands for merged rows carry their tags, and no longer those of none of them."""
    required()
    with connection.cursor() as cursor:
        for sql in (_LENT_NO_MORE, _LENT):
            cursor.execute(sql, {"holder": holder_id})
