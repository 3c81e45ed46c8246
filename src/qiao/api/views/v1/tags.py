"""The company's tags, and giving them to customers."""

from typing import Annotated

from django.utils.translation import gettext_lazy as _
from pydantic import Field

from qiao.api.views.v1.calls import Done, ProgramRequest, actor_of
from qiao.api.views.v1.service import changes, reads
from qiao.api.views.v1.shapes import Id, PathId, Shown
from qiao.api.views.v1.versions import require_version
from qiao.core.wire import Body
from qiao.customers import operations, queries

GROUP = "customers"
MOST = 30


class TagShown(Shown):
    """A tag that can be given; `about` says whom it is meant for."""

    tag_id: int
    name: str
    group: str
    about: str


class Tags(Shown):
    """Tags by group and name."""

    items: list[TagShown]


class TagChange(Body):
    """Ids of the tags that a customer is given and of those that are taken off."""

    add: Annotated[list[Id], Field(max_length=MOST)] = []
    remove: Annotated[list[Id], Field(max_length=MOST)] = []


def _shown(tag: queries.TagRecord) -> TagShown:
    return TagShown.model_validate(tag)


def _carried(request: ProgramRequest, customer_id: int) -> Tags:
    found = queries.tag_records_of(actor=actor_of(request), customer_id=customer_id)
    return Tags(items=[_shown(tag) for tag in found])


@reads(
    "/tags", "listTags", scope="customers:read", answer=Tags, group=GROUP,
    title=_("List the company’s tags"), about=_("Those that can be given now."),
)  # fmt: skip
def list_tags(request: ProgramRequest) -> Tags:  # noqa: ARG001 - every call takes it
    """The vocabulary."""
    return Tags(items=[_shown(tag) for tag in queries.tag_records()])


@reads(
    "/customers/{customer_id}/tags", "listTagsOfCustomer", scope="customers:read", answer=Tags,
    group=GROUP, title=_("List a customer’s tags"), versioned=True,
)  # fmt: skip
def list_tags_of(request: ProgramRequest, customer_id: PathId) -> Tags:
    """What the customer carries."""
    return _carried(request, customer_id)


@changes(
    "/customers/{customer_id}/tags", "tagCustomer", scope="customers:write", method="PATCH",
    answer=Tags, group=GROUP, title=_("Give a customer tags, or take them off"),
    about=_("Answers with the tags that the customer carries afterwards."),
)  # fmt: skip
def tag_customer(request: ProgramRequest, customer_id: PathId, body: TagChange) -> Done:
    """Give and take off."""
    operations.lock_customer(actor=actor_of(request), customer_id=customer_id)
    require_version(request, lambda: _carried(request, customer_id))
    operations.tag_customer(
        actor=actor_of(request),
        now=request.call.now,
        customer_id=customer_id,
        add=body.add,
        remove=body.remove,
    )
    return Done(_carried(request, customer_id))
