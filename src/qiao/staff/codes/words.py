"""Roles, skills and regions as code tables, to be read: packs and the product bring them."""

from collections.abc import Sequence

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.code_tables import CodeColumn, CodeQuery, CodeRow, CodeTable, among
from qiao.core.registry import registry
from qiao.staff.models import Region, Role, Skill

SEE = "staff.view"
CODE = CodeColumn("code", pgettext_lazy("code table", "Code"), "code")


def _roles(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    units = actor.organisations(SEE)
    today = timezone.localdate(query.now)
    here = Q(assignment__organisation__in=units, assignment__valid__contains=today)
    rows = Role.objects.annotate(
        people=Count("assignment__staff", filter=here, distinct=True)
    ).order_by("id")
    words = {each.key: str(each.label) for module in registry for each in module.permissions}
    found = [
        CodeRow(
            key=role.key,
            names=role.names,
            cells={
                "code": role.key,
                "rights": len(role.permissions),
                "people": role.people,
            },
            source=_("changed by the company") if role.is_customised else _("as delivered"),
            record_id=role.pk,
            more=((_("May"), [words.get(key, key) for key in role.permissions]),),
        )
        for role in rows
    ]
    return among(found, query)


def _skills(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    here = Q(staffskill__staff__organisation__in=actor.organisations(SEE), staffskill__level__gt=0)
    rows = Skill.objects.annotate(people=Count("staffskill", filter=here, distinct=True)).order_by(
        "key"
    )
    found = [
        CodeRow(skill.key, skill.names, {"code": skill.key, "people": skill.people})
        for skill in rows
    ]
    return among(found, query)


def _regions(actor: Actor, query: CodeQuery) -> Sequence[CodeRow]:
    del actor
    found = [
        CodeRow(region.code, {"": region.name, **region.names}, {"code": region.code})
        for region in Region.objects.order_by("code")
    ]
    return among(found, query)


PEOPLE_HERE = CodeColumn("people", gettext_lazy("People"), "number")
ROLES = CodeTable(
    key="staff.roles",
    label=gettext_lazy("Roles"),
    about=gettext_lazy("Bundles of rights that people hold in a unit for a time."),
    group=gettext_lazy("Company"),
    permission=SEE,
    columns=(CODE, CodeColumn("rights", gettext_lazy("Rights"), "number"), PEOPLE_HERE),
    load=_roles,
    order=30,
    audit_table="staff_role",
)
SKILLS = CodeTable(
    key="staff.skills",
    label=gettext_lazy("Skills"),
    about=gettext_lazy("What work may ask of the person who does it."),
    group=gettext_lazy("Company"),
    permission=SEE,
    columns=(CODE, PEOPLE_HERE),
    load=_skills,
    order=40,
)
REGIONS = CodeTable(
    key="staff.regions",
    label=gettext_lazy("Regions"),
    about=gettext_lazy("Parts of the country that units serve and premises lie in."),
    group=gettext_lazy("Company"),
    permission=SEE,
    columns=(CODE,),
    load=_regions,
    order=50,
)
