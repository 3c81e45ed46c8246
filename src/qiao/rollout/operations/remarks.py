"""What staff say of the product: kept as an internal case, taken in by who introduces it."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.utils import timezone

from qiao.cases.operations import OpenRequest, add_attachment, open_case
from qiao.cases.queries.remarks import remark_cases, remark_duty, remark_type
from qiao.core.actor import Actor
from qiao.core.incoming_files import Written
from qiao.core.registry import registry
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.rollout.models import Pilot, Remark
from qiao.rollout.queries.pilots import running_for
from qiao.staff.operations import notify
from qiao.staff.queries import chain_of, members_of, teams_for

NOTICE: Final = "rollout.remark"
TEXT_LENGTH: Final = 2_000
TITLE_LENGTH: Final = 80
CHANNEL: Final = "web"
PATH_LENGTH: Final = 300


class NobodyTakes(Exception):  # noqa: N818 - names the finding
    """No enabled pack has a case type for remarks."""


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says, and where: `page` is the name of the address, `path` without query."""

    text: str
    kind: str = ""
    page: str = ""
    path: str = ""
    picture: Written | None = None


def say(*, said: Said, actor: Actor, now: datetime) -> Remark:
    """Keep a remark as an internal case without a customer.

    It goes to the helpers of the pilot that runs where the writer works, else to the team whose
    duty the pack names. Everybody who is signed in may say something: the case is opened for them
    whatever rights on cases they hold, and they follow it on their own page.

    Raises `NobodyTakes`, `BadText`.
    """
    required()
    type_key = remark_type()
    if not type_key:
        raise NobodyTakes
    text = clean(said.text, field="text", max_length=TEXT_LENGTH, required=True)
    feature = feature_at(said.page)
    unit_id = actor.team_ids[0] if actor.team_ids else actor.organisation_id
    chains = [chain_of(each) for each in actor.team_ids or (actor.organisation_id,)]
    pilot = running_for(chains=chains, feature=feature, day=timezone.localdate(now))
    team_id, owner_id = _taken_in_by(pilot)
    writer = _may_open(actor, actor.organisation_id)
    case = open_case(
        request=OpenRequest(
            type_key=type_key,
            organisation_id=actor.organisation_id,
            title=text.splitlines()[0][:TITLE_LENGTH],
            description=text,
            channel=CHANNEL,
            team_id=team_id,
            responsible_id=owner_id,
        ),
        actor=writer,
        now=now,
    )
    if said.picture is not None:
        add_attachment(case_id=case.pk, file=said.picture, actor=writer, now=now)
    return Remark.objects.create(
        case=case,
        staff_id=actor.person_id,
        unit_id=unit_id,
        pilot=pilot,
        kind=said.kind if said.kind in Remark.Kind.values else "",
        feature=feature,
        page=said.page[:100],
        path=said.path.partition("?")[0][:PATH_LENGTH],
        created_at=now,
    )


def feature_at(page: str) -> str:
    """The key of the feature that a page belongs to, by the name of its address as it was sent;
    empty for none."""
    known = registry.features().values()
    return next((each.key for each in known if each.holds_address(page)), "")


def _may_open(actor: Actor, organisation_id: int) -> Actor:
    own = dict.fromkeys(("cases.open", "cases.note"), (organisation_id,))
    return replace(actor, grants={**actor.grants, **own})


def _taken_in_by(pilot: Pilot | None) -> tuple[int | None, int | None]:
    """The team and the person that a remark goes to."""
    if pilot is not None:
        helper = pilot.helpers.order_by("id").first()
        team_id = pilot.team_id or _team_of_duty()
        return team_id, helper.staff_id if helper else None
    team_id = _team_of_duty()
    people = members_of(team_id) if team_id else []
    return team_id, people[0].pk if people else None


def _team_of_duty() -> int | None:
    teams = teams_for(duty=remark_duty())
    return teams[0].team_id if teams else None


def tell_answered(*, case_id: int, now: datetime) -> None:
    """Tell the writer of a remark that it was answered; harmless for other cases."""
    required()
    remark = Remark.objects.filter(case_id=case_id).first()
    known = remark_cases([case_id]).get(case_id) if remark else None
    if remark is None or known is None:
        return
    notify(
        staff_ids=[remark.staff_id],
        kind=NOTICE,
        subject_id=remark.pk,
        once=f"remark:{remark.pk}:{known.closed_at}",
        now=now,
    )
