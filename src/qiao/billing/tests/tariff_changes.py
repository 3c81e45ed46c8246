"""A change of a tariff in tests: begun by the chief of the company, agreed to by another."""

from datetime import date
from typing import Any

from qiao.billing.models import Tariff, TariffDraft, TariffVersion
from qiao.billing.operations import tariff_changing as ops
from qiao.billing.queries.tariff_checks import check_draft
from qiao.billing.rules.tariffs.cells import cells
from qiao.billing.tests.lives import NOW, a_tariff
from qiao.core.actor import Actor
from qiao.core.approvals import decide
from qiao.core.models import Approval
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, person

DAY = date(2027, 1, 1)
SOURCE = "发改价格〔2026〕12号"


def named(draft: TariffDraft, part: str, kind: str, tier: int = 0) -> str:
    """The name of the first cell of a figure."""
    return next(
        cell.name
        for cell in cells(draft.definition)
        if (cell.figure.part, cell.figure.kind, cell.figure.tier) == (part, kind, tier)
    )


def second_person(company: Company, number: str = "9002") -> Actor:
    """Somebody else of the company who may agree."""
    return actor_for(person(number=number, name="孙岚", branch=company.company), day=TODAY)


def begun(company: Company, tariff: Tariff | None = None, day: date = DAY) -> TariffDraft:
    """A draft from a day on."""
    tariff = tariff or a_tariff()
    return ops.begin_change(tariff_id=tariff.pk, valid_from=day, actor=company.chief, now=NOW)


def save(draft: TariffDraft, actor: Actor, **more: Any) -> TariffDraft:
    """Save numbers of a draft as it stands; `values` by names of cells."""
    draft.refresh_from_db()
    given: dict[str, Any] = {
        "seen": draft.revision,
        "values": {},
        "valid_from": draft.valid_from,
        "source": draft.source or SOURCE,
    }
    return ops.save_numbers(draft_id=draft.pk, actor=actor, now=NOW, **given | more)


def dearer(company: Company, tariff: Tariff | None = None, day: date = DAY) -> TariffDraft:
    """A draft by which the first tier costs 2.56 in place of 2.33."""
    draft = begun(company, tariff, day)
    return save(draft, company.chief, values={named(draft, "water", "price", 1): "2.56"})


def ask(draft: TariffDraft, actor: Actor, *, confirm: bool = False) -> Approval:
    """Ask for a draft to be published, with all that is asked confirmed or nothing."""
    draft = TariffDraft.objects.select_related("tariff", "based_on").get(pk=draft.pk)
    asks = check_draft(draft, today=TODAY).asks if confirm else ()
    return ops.ask_to_publish(
        draft_id=draft.pk,
        seen=draft.revision,
        confirmed=[each.key for each in asks],
        actor=actor,
        now=NOW,
    )


def agree(asked: Approval, second: Actor) -> None:
    """Agree, as the page of decisions does it."""
    decided = decide(approval_id=asked.pk, approve=True, note="", actor=second, now=NOW)
    ops.publish_agreed(approval=decided, actor=second, now=NOW)


def publish(draft: TariffDraft, company: Company, second: Actor) -> TariffVersion:
    """Publish a draft by two people."""
    agree(ask(draft, company.chief, confirm=True), second)
    draft.refresh_from_db()
    assert draft.published is not None
    return draft.published


def keys(draft: TariffDraft, level: str) -> list[str]:
    """What was found in a draft, by the beginnings of the keys."""
    fresh = TariffDraft.objects.select_related("tariff", "based_on").get(pk=draft.pk)
    checked = check_draft(fresh, today=TODAY)
    return [each.key.partition(":")[0] for each in checked.of(level)]
