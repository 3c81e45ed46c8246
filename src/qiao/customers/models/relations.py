"""How customers belong together: households, company groups, contact persons, who acts for whom.

All periods are days with an exclusive end. Of several records of one customer each row keeps the
record it was written for; reads resolve it.
"""

from typing import ClassVar, Self

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.customers.models.documents import Document
from qiao.customers.models.people import Customer


class CustomerGroupQuerySet(models.QuerySet["CustomerGroup"]):
    """Rows by right."""

    def visible_to(self, actor: Actor) -> Self:
        """Groups of organisations in which the actor may see customers."""
        return self.filter(organisation__in=list(actor.organisations("customers.view")))


class CustomerGroup(models.Model):
    """A household (家庭户) or a company group (集团) for as long as `period` says.

    A household without a name is called after its head. `search` is the folded name, `grams` its
    two-character pieces.

    The database holds, whoever writes: one head on every day of the period, members only on those
    days, every company but the top one under another of the group, and no company under itself.
    """

    class Kind(models.TextChoices):
        HOUSEHOLD = "household", pgettext_lazy("customer group", "Household")
        COMPANY = "company", pgettext_lazy("customer group", "Company group")

    number = models.TextField(db_collation="C")
    kind = models.TextField(choices=Kind.choices)
    name = models.TextField(default="", blank=True)
    organisation = models.ForeignKey("staff.Organisation", models.PROTECT, related_name="+")
    period = DateRangeField()
    note = models.TextField(default="", blank=True)
    search = models.TextField(default="", blank=True, db_collation="C")
    grams = ArrayField(models.TextField(), default=list)
    made_at = models.DateTimeField()
    made_by_id = models.BigIntegerField(null=True)

    objects = CustomerGroupQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], name="customers_group_number"),
            models.CheckConstraint(
                condition=Q(kind="household") | (Q(kind="company") & ~Q(name="")),
                name="customers_group_kind",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="customers_group_period",
            ),
        ]
        indexes: ClassVar = [GinIndex(fields=["grams"], name="customers_group_grams")]

    def __str__(self) -> str:
        return self.name or self.number


class GroupMember(models.Model):
    """A stay in a group. Nobody belongs to two groups on one day; each day has one head.

    In a company group the head is the parent company (母公司) at the top; every other one stands
    `under` a company of the group.
    """

    class Role(models.TextChoices):
        HEAD = "head", pgettext_lazy("group role", "Head")
        MEMBER = "member", pgettext_lazy("group role", "Member")

    group = models.ForeignKey(
        CustomerGroup, models.PROTECT, related_name="members", db_index=False
    )
    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="memberships", db_index=False
    )
    role = models.TextField(choices=Role.choices)
    under = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="+", db_index=False
    )
    period = DateRangeField()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customers_member_one_group",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            ExclusionConstraint(
                name="customers_member_one_head",
                expressions=[
                    ("group", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(role="head"),
            ),
            models.CheckConstraint(
                condition=Q(role="head", under__isnull=True) | Q(role="member"),
                name="customers_member_role",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="customers_member_period",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["group"], name="customers_member_group"),
            models.Index(
                fields=["under"], name="customers_member_under", condition=Q(under__isnull=False)
            ),
        ]


class ContactPerson(models.Model):
    """Who speaks for an organisation: a customer, or somebody known by name only.

    The primary one of a day is, of those marked so who speak for it on that day, the one whose
    time began last: who begins later leaves the former one in place until then. `phone` is in the
    stored form of `qiao.core.rules.phones`.
    """

    class Function(models.TextChoices):
        MANAGEMENT = "management", pgettext_lazy("contact function", "Management")
        FINANCE = "finance", pgettext_lazy("contact function", "Finance")
        TECHNICAL = "technical", pgettext_lazy("contact function", "Technical")
        EMERGENCY = "emergency", pgettext_lazy("contact function", "Emergency")
        CONTRACTS = "contracts", pgettext_lazy("contact function", "Contracts")
        OTHER = "other", pgettext_lazy("contact function", "Other")

    customer = models.ForeignKey(
        Customer, models.PROTECT, related_name="contact_persons", db_index=False
    )
    person = models.ForeignKey(
        Customer, models.PROTECT, null=True, related_name="speaks_for", db_index=False
    )
    name = models.TextField(default="", blank=True)
    function = models.TextField(choices=Function.choices)
    phone = models.TextField(default="", blank=True, db_collation="C")
    email = models.TextField(default="", blank=True)
    is_primary = models.BooleanField(default=False)
    period = DateRangeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                F("customer"),
                F("period__startswith"),
                condition=Q(is_primary=True),
                name="customers_contact_primary_from",
            ),
            ExclusionConstraint(
                name="customers_contact_once",
                expressions=[
                    ("customer", RangeOperators.EQUAL),
                    ("person", RangeOperators.EQUAL),
                    ("function", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
                condition=Q(person__isnull=False),
            ),
            models.CheckConstraint(
                condition=(Q(person__isnull=True) & ~Q(name=""))
                | (Q(person__isnull=False, name="") & ~Q(person=F("customer"))),
                name="customers_contact_who",
            ),
            models.CheckConstraint(
                condition=Q(
                    function__in=[
                        "management",
                        "finance",
                        "technical",
                        "emergency",
                        "contracts",
                        "other",
                    ]
                ),
                name="customers_contact_function",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="customers_contact_period",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["customer"], name="customers_contact_of"),
            models.Index(
                fields=["person"],
                name="customers_contact_person",
                condition=Q(person__isnull=False),
            ),
        ]


class Acting(models.Model):
    """`agent` acts for `principal` in the matters of `scope`, by what `basis` says.

    `proof` are words (number of a notarial deed, of a birth certificate), `document` a paper of
    the file of one of the two.
    """

    class Basis(models.TextChoices):
        PARENT = "parent", pgettext_lazy("acting", "As parent")
        CARER = "carer", pgettext_lazy("acting", "As carer")
        ATTORNEY = "attorney", pgettext_lazy("acting", "By power of attorney")
        GUARDIAN = "guardian", pgettext_lazy("acting", "As guardian")

    class Scope(models.TextChoices):
        INFORMATION = "information", pgettext_lazy("acting", "Enquiries")
        SERVICE = "service", pgettext_lazy("acting", "Service requests")
        PAYMENT = "payment", pgettext_lazy("acting", "Bills and payment")
        CONTRACT = "contract", pgettext_lazy("acting", "Contract and hand-over")

    agent = models.ForeignKey(Customer, models.PROTECT, related_name="acts_for", db_index=False)
    principal = models.ForeignKey(
        Customer, models.PROTECT, related_name="represented_by", db_index=False
    )
    basis = models.TextField(choices=Basis.choices)
    scope = ArrayField(models.TextField(choices=Scope.choices))
    proof = models.TextField(default="", blank=True)
    document = models.ForeignKey(
        Document, models.PROTECT, null=True, related_name="+", db_index=False
    )
    period = DateRangeField()
    noted_at = models.DateTimeField()
    noted_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="customers_acting_once",
                expressions=[
                    ("agent", RangeOperators.EQUAL),
                    ("principal", RangeOperators.EQUAL),
                    ("period", RangeOperators.OVERLAPS),
                ],
            ),
            models.CheckConstraint(
                condition=~Q(agent=F("principal")), name="customers_acting_another"
            ),
            models.CheckConstraint(
                condition=Q(basis__in=["parent", "carer", "attorney", "guardian"]),
                name="customers_acting_basis",
            ),
            models.CheckConstraint(
                condition=Q(scope__contained_by=["information", "service", "payment", "contract"])
                & ~Q(scope=[]),
                name="customers_acting_scope",
            ),
            models.CheckConstraint(
                condition=Q(period__isempty=False, period__startswith__isnull=False),
                name="customers_acting_period",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["principal"], name="customers_acting_principal"),
            models.Index(
                fields=["document"],
                name="customers_acting_document",
                condition=Q(document__isnull=False),
            ),
        ]
