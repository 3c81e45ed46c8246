"""Households, company groups, contact persons, and who acts for whom."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from qiao.api.views.v1.calls import ProgramRequest, actor_of
from qiao.api.views.v1.customers import GROUP
from qiao.api.views.v1.service import reads
from qiao.api.views.v1.shapes import PathId, Shown
from qiao.customers.queries.relation_records import relations_of


class MemberShown(Shown):
    """A stay in a group; `role` is head or member, `under_id` the company above."""

    customer_id: int
    name: str
    role: str
    under_id: int | None
    since: date
    until: date | None


class GroupShown(Shown):
    """A household (`household`, perhaps without a name) or a company group (`company`)."""

    group_id: int
    number: str
    kind: str
    name: str
    members: list[MemberShown]


class ContactPersonShown(Shown):
    """Who speaks for an organisation. Masked unless the key holds customers:contact."""

    contact_person_id: int
    customer_id: int
    organisation: str
    person_id: int | None
    name: str
    function: str
    phone: str
    email: str
    is_masked: bool
    is_primary: bool
    since: date
    until: date | None


class ActingShown(Shown):
    """Agent acts for principal in the matters of `scope`."""

    acting_id: int
    agent_id: int
    agent: str
    principal_id: int
    principal: str
    basis: str
    scope: list[str]
    since: date
    until: date | None


class RelationsShown(Shown):
    """All relations of a customer, each with its days; `until` is the first day without."""

    groups: list[GroupShown]
    contact_persons: list[ContactPersonShown]
    acts_for: list[ActingShown]
    represented_by: list[ActingShown]


@reads(
    "/customers/{customer_id}/relations", "getRelations", scope="customers:read",
    answer=RelationsShown, group=GROUP, title=_("Read a customer’s relations"),
    about=_(
        "Household or company group with its members, contact persons, for whom the customer acts"
        " and who acts for them; also those that are over."
    ),
)  # fmt: skip
def get_relations(request: ProgramRequest, customer_id: PathId) -> RelationsShown:
    """Relations of the customer."""
    found = relations_of(actor=actor_of(request), customer_id=customer_id)
    return RelationsShown.model_validate(found)
