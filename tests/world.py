"""One branch full of marked texts, and the people who may and may not read them.

Every text that a person may type carries `MARK` or is listed in `World.canaries`: whoever works
for the branch next door must meet none of them, wherever they look.
"""

import io
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from PIL import Image

from qiao.api import operations as programs
from qiao.api.rules.scopes import SCOPES
from qiao.cases import operations as cases
from qiao.cases.models import Case, SavedView
from qiao.contact import operations as contacts
from qiao.contact.models import Interaction
from qiao.core import corrections
from qiao.core.attachments import Accepted, check_upload
from qiao.core.models import Attachment
from qiao.core.tests.deliveries import run_background, run_deliveries
from qiao.customers.models import (
    Account,
    Customer,
    CustomerIdentity,
    CustomerPhone,
    Duplicate,
    Protection,
)
from qiao.customers.operations import (
    Address,
    Coming,
    HandOver,
    NewFact,
    NewIdentity,
    NewMeter,
    NewPhone,
    add_card,
    care,
    documents,
    exchange_meter,
    exporting,
    groups,
    hand_over_account,
    importing,
    keep_value_periods,
    managing,
    merge_customers,
    note_facts,
    open_account_at,
    set_tier,
    speaking,
    visiting,
)
from qiao.customers.operations import import_files as files
from qiao.customers.operations import register_customer as register
from qiao.customers.operations.duplicate_finding import check_for_duplicates
from qiao.customers.operations.erasing import request_erasure
from qiao.customers.operations.holds import place_hold
from qiao.customers.operations.segment_counting import ask_count
from qiao.customers.operations.segment_keeping import build_segment
from qiao.customers.operations.segments import save_segment
from qiao.customers.operations.subject_access import ask_subject_access
from qiao.customers.operations.tags import create_tag, tag_customer
from qiao.customers.queries.exporting import ExportFilters
from qiao.customers.rules.segments import Group, Line, Rule
from qiao.desk.operations.problems import Circumstances, report_problem
from qiao.dispatch import operations as dispatch
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.rules.sheets import sheet_from_data
from qiao.feedback import operations as feedback
from qiao.feedback.models import FollowUp
from qiao.staff.models import Organisation, Role, Staff
from qiao.staff.operations import add_organisation, assign_role
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company

MARK = "zqxcanary"
PHONE = "13806177754"
CALLER_PHONE = "13916277753"
ACCOUNT = "90887766554"
METER = "W-90887766553"
ID_CARD = "11010519491231002X"
PASSWORD = "three long words"
SINCE = date(2020, 1, 1)
SKILLS = ("network", "quality", "metering", "business", "complaints")


def marked(name: str) -> str:
    """A text that betrays itself."""
    return f"{MARK} {name}"


@dataclass
class World:
    """The company, the ids of what the lake branch holds, and what must never leave it."""

    company: Company
    now: datetime
    ids: dict[str, Any] = field(default_factory=dict)
    canaries: set[str] = field(default_factory=set)

    def pattern(self) -> "re.Pattern[str]":
        """Finds any canary, whole, spaced or masked."""
        words = [re.escape(word) for word in self.canaries]
        for phone in (PHONE, CALLER_PHONE):
            words += [r"[\s-]?".join(phone), rf"{phone[:3]}\W{{0,3}}\*+\W{{0,3}}{phone[-4:]}"]
        return re.compile("|".join([MARK, *words]), re.IGNORECASE)

    def staff(self, who: str) -> Staff:
        """The member of staff behind a name of the cast."""
        found: Staff = getattr(self.company, f"{who}_staff")
        return found


def build_world(now: datetime) -> World:
    """Fill the lake branch. Needs a transaction."""
    world = World(_with_roles(make_company()), now - timedelta(hours=2))
    company = world.company
    for team in (company.lake_team, company.river_team):
        Organisation.objects.filter(pk=team.pk).update(skills=list(SKILLS))
    for branch, area in ((company.lake, "339102"), (company.river, "339104")):
        Organisation.objects.filter(pk=branch.pk).update(region=area, areas=[area])
    world.staff("agent").set_password(PASSWORD)
    world.staff("agent").save()
    _add_customer(world)
    _add_cases(world)
    _add_work(world)
    _add_follow_ups(world)
    _add_contacts(world)
    _add_requests(world)
    _add_imports(world)
    _add_programs(world)
    _add_correction(world)
    _add_problem(world)
    other_team = add_organisation(
        kind="team", code="lake-2", name="滨湖二班", parent=company.lake, skills=list(SKILLS)
    )
    world.ids |= {
        "agent": company.agent.person_id,
        "agent_number": "1027",
        "team": company.lake_team.pk,
        "other_team": other_team.pk,
        "unit": company.lake.pk,
    }
    return world


def _with_roles(company: Company) -> Company:
    """The cast may take every step of a process, each in the own branch."""
    actors: dict[str, Any] = {}
    for who in ("agent", "colleague", "outsider"):
        staff: Staff = getattr(company, f"{who}_staff")
        for key in ("agent", "dispatcher", "technician"):
            role = Role.objects.get(key=key)
            branch = company.river if who == "outsider" else company.lake
            assign_role(staff=staff, role=role, organisation=branch, valid_from=SINCE)
        actors[who] = actor_for(staff, day=TODAY)
    return replace(company, **actors)


def picture(colour: str = "navy", name: str = "p.png") -> Accepted:
    """A small picture, checked as an upload is."""
    content = io.BytesIO()
    Image.new("RGB", (40, 30), colour).save(content, format="PNG")
    content.seek(0)
    return check_upload(content, file_name=name, allow=("image",))


def _add_problem(world: World) -> None:
    agent = world.company.agent
    file = picture("navy", f"{marked('problem picture')}.png")
    problem = report_problem(
        actor=agent,
        now=world.now,
        title=marked("problem"),
        body=marked("problem body"),
        circumstances=Circumstances("/cases/", "Firefox", "abc"),
        picture=io.BytesIO(file.content),
        picture_name=file.file_name,
    )
    kept = Attachment.objects.get(owner_kind="desk.problem", owner_id=problem.pk)
    world.ids |= {"problem": problem.pk, "problem_picture": kept.pk}


def _add_customer(world: World) -> None:
    agent, now = world.company.agent, world.now
    customer = register(
        actor=agent,
        now=now,
        organisation_id=world.company.lake.pk,
        name=marked("customer"),
        phones=[NewPhone(PHONE)],
        identities=[NewIdentity("id_card", ID_CARD)],
        flags=["life_support"],
    )
    account = open_account_at(
        actor=agent,
        now=now,
        organisation_id=world.company.lake.pk,
        number=ACCOUNT,
        service="water",
        owner_id=customer.pk,
        address=Address("339102", district="滨湖区", community=marked("community"), room="1203"),
    )
    set_tier(actor=agent, now=now, customer_id=customer.pk, tier="B", reason=marked("tier reason"))
    card = add_card(
        actor=agent, now=now, customer_id=customer.pk, kind="hospital", number="88017732"
    )
    value = NewFact(customer.pk, "value", now - timedelta(days=2), "billing", ACCOUNT, 45_600)
    note_facts(facts=[value], now=now)
    keep_value_periods(now=now)
    world.ids |= {
        "customer": customer.pk,
        "card": card.pk,
        "account": account.pk,
        "phone": CustomerPhone.objects.get(customer=customer).pk,
        "identity": CustomerIdentity.objects.get(customer=customer).pk,
        "protection": Protection.objects.get(customer=customer).pk,
    }
    _add_place(world, account)
    _add_twins(world, customer)
    _add_segment(world)
    _add_relations(world, customer)
    _add_tags(world)
    _add_manager(world, customer)
    world.canaries |= {ACCOUNT, ID_CARD, customer.number}


def _add_twins(world: World, customer: Customer) -> None:
    """Two records of one person that wait for a decision, and one that was merged already."""
    agent, now = world.company.agent, world.now
    one, other, merged = (
        register(
            actor=agent,
            now=now,
            organisation_id=world.company.lake.pk,
            name=marked(name),
            phones=[NewPhone("13700002222")],
        )
        for name in ("twin", "twin", "merged")
    )
    check_for_duplicates(customer_ids=[one.pk, other.pk], now=now)
    merge_customers(
        actor=agent, now=now, customer_id=customer.pk, merged_id=merged.pk, reason=marked("reason")
    )
    pair = Duplicate.objects.get(first=one, second=other)
    world.ids |= {"twin": one.pk, "other_twin": other.pk, "merged": merged.pk, "pair": pair.pk}


def _add_manager(world: World, customer: Customer) -> None:
    """Somebody looks after the customer since a hand-over, has visited them and will again."""
    told: dict[str, Any] = {"actor": world.company.agent, "now": world.now}
    agent, colleague = world.company.agent.person_id, world.company.colleague.person_id
    day = timezone.localdate(world.now)
    managing.assign_manager(
        customer_ids=[customer.pk, world.ids["other_twin"]], manager_id=colleague,
        since=day - timedelta(days=30), reason=marked("reason"), **told,
    )  # fmt: skip
    handed = managing.hand_over_customers(
        from_manager_id=colleague, to_manager_id=agent, day=day - timedelta(days=3),
        reason=marked("reason"), note=marked("note"), **told,
    )  # fmt: skip
    own = {**told, "customer_id": customer.pk}
    words = visiting.Told("wish", marked("visit"), marked("step"), topic=marked("topic"))
    visit = visiting.record_visit(day=day, told=words, **own)
    visiting.plan_visit(day=day, topic=marked("topic"), **own)
    visiting.set_visit_plan(every_months=3, due_date=day, purpose=marked("purpose"), **own)
    world.ids |= {"handed_over": handed.hand_over_id, "visit": visit.pk}


def _add_relations(world: World, customer: Customer) -> None:
    """A household, a company group, somebody who speaks for it, and somebody who acts."""
    told: dict[str, Any] = {"actor": world.company.agent, "now": world.now}
    lake, day = world.company.lake.pk, timezone.localdate(world.now)
    mate, firm, one, other = (
        register(organisation_id=lake, name=marked(name), kind=kind, **told)
        for name, kind in (
            ("housemate", "person"),
            ("firm", "organisation"),
            ("subsidiary", "organisation"),
            ("subsidiary", "organisation"),
        )
    )
    made = [
        groups.make_group(
            kind=kind, head_id=head.pk, member_ids=[each.pk for each in members], since=day,
            name=marked("group"), **told,
        )
        for kind, head, members in (
            ("household", customer, [mate]),
            ("company", firm, [one, other]),
        )
    ]  # fmt: skip
    groups.describe_group(
        actor=world.company.agent, group_id=made[0].pk, name=marked("home"), note=marked("note")
    )
    contact = speaking.add_contact_person(
        customer_id=firm.pk,
        told=speaking.NewContactPerson(
            "finance", name=marked("clerk"), email=f"{MARK}@example.com"
        ),
        since=day,
        **told,
    )
    acting = speaking.begin_acting(
        agent_id=customer.pk,
        principal_id=mate.pk,
        told=speaking.NewActing("carer", ("service",), marked("proof")),
        since=day,
        **told,
    )
    world.ids |= {
        "group": made[0].pk,
        "concern": made[1].pk,
        "housemate": mate.pk,
        "firm": firm.pk,
        "subsidiary": one.pk,
        "other_subsidiary": other.pk,
        "contact_person": contact.pk,
        "acting": acting.pk,
    }
    world.canaries |= {each.number for each in (*made, mate, firm, one, other)}


def _add_tags(world: World) -> None:
    """The company's tags, one of which the customer carries."""
    chief, now = world.company.chief, world.now
    tag, other, carried = (
        create_tag(actor=chief, now=now, name=name) for name in ("出租房", "租户", "子女代办")
    )
    tag_customer(
        actor=world.company.agent, now=now, customer_id=world.ids["customer"], add=[carried.pk]
    )
    world.ids |= {"tag": tag.pk, "other_tag": other.pk}
    held = register(
        actor=world.company.agent, now=now, organisation_id=world.company.lake.pk,
        name=marked("held"),
    )  # fmt: skip
    place_hold(actor=world.company.agent, now=now, customer_id=held.pk, reason=marked("dispute"))
    world.ids["held"] = held.pk
    world.canaries.add(held.number)


def _add_segment(world: World) -> None:
    """A segment of the branch that everybody of it fits."""
    rule = Rule(
        "all", (Group("all", (Line("customers.kind", "in", ("person", "organisation")),)),)
    )
    segment = save_segment(
        actor=world.company.agent,
        now=world.now,
        name=marked("segment"),
        note=marked("note"),
        rule=rule,
        organisation_id=world.company.lake.pk,
    )
    build_segment(segment_id=segment.pk, now=world.now)
    world.ids["segment"] = segment.pk
    asked = ask_count(
        actor=world.company.agent, now=world.now, rule=rule,
        organisation_id=world.company.lake.pk,
    )  # fmt: skip
    world.ids["segment_count"] = asked.pk


def _add_place(world: World, account: Account) -> None:
    """Another meter hangs where the account is kept."""
    point = account.service_point
    assert point is not None
    hung = exchange_meter(
        actor=world.company.agent,
        now=world.now,
        service_point_id=point.pk,
        day=SINCE,
        meter=NewMeter(METER),
    )
    world.ids |= {"premises": point.premises_id, "point": point.pk, "meter": hung.pk}
    world.canaries.add(METER)
    lodger = register(
        actor=world.company.agent,
        now=world.now,
        organisation_id=world.company.lake.pk,
        name=marked("lodger"),
    )
    moved = hand_over_account(
        actor=world.company.agent,
        now=world.now,
        account_id=account.pk,
        hand_over=HandOver(
            account.opened_date + timedelta(days=1),
            coming=(Coming(lodger.pk, ("occupant",)),),
            forwarding_address=marked("forwarding address"),
            note=marked("move note"),
        ),
    )
    world.ids |= {"move": moved.pk, "tomorrow": moved.hand_over_date.isoformat()}
    world.canaries |= {moved.number, lodger.number}


def open_leak(world: World, title: str, **changes: Any) -> Case:
    """A small leak of the lake branch, every text of it marked."""
    request = {
        "type_key": "water.small_leak",
        "organisation_id": world.company.lake.pk,
        "title": marked(title),
        "channel": "phone",
        "description": marked("description"),
        "area": "339102",
        "place": marked("place"),
        "caller_name": marked("caller"),
        "caller_phone": f"+86{CALLER_PHONE}",
        "customer_id": world.ids["customer"],
        "account_id": world.ids["account"],
        "facts": {"leak_at": "before_meter", "paid_service": "no"},
        **changes,
    }
    case = cases.open_case(
        request=cases.OpenRequest(**request), actor=world.company.agent, now=world.now
    )
    world.canaries.add(case.number)
    return case


def _add_cases(world: World) -> None:
    agent, now = world.company.agent, world.now
    case, other = open_leak(world, "case"), open_leak(world, "other case")
    told: dict[str, Any] = {"case_id": case.pk, "actor": agent, "now": now}
    cases.add_note(text=marked("note"), **told)
    cases.answer_customer(text=marked("answer"), channel="phone", **told)
    cases.chase(words=marked("chase"), **told)
    file = io.BytesIO(picture(name="x.png").content)
    attachment = cases.add_attachment(
        file=file, file_name=f"{MARK}.png", label=marked("label"), **told
    )
    cases.keep_draft(box="note", values={"text": marked("draft")}, **told)
    cases.link_cases(other_id=other.pk, kind="related", **told)
    cases.save_view(name=marked("view"), query="view=open", shared=True, actor=agent)
    view = SavedView.objects.get(name=marked("view"))
    third, paused, handed = (open_leak(world, title) for title in ("third", "paused", "handed"))
    cases.pause(case_id=paused.pk, reason=marked("reason"), actor=agent, now=now)
    cases.take_action(case_id=handed.pk, action="hand_over", given={}, actor=agent, now=now)
    world.ids |= {
        "case": case.pk,
        "other_case": other.pk,
        "attachment": attachment.pk,
        "view": view.pk,
        "number": other.number,
        "third_number": third.number,
        "paused": paused.pk,
        "handed": handed.pk,
    }


def work_order(world: World, title: str) -> WorkOrder:
    """The work order of a leak that was handed to the crew."""
    case = open_leak(world, title)
    agent, now = world.company.agent, world.now
    for action in ("hand_over", "send_crew"):
        cases.take_action(case_id=case.pk, action=action, given={}, actor=agent, now=now)
    run_deliveries()
    order = WorkOrder.objects.get(case=case, finished_at__isnull=True)
    world.canaries.add(order.number)
    return order


def fill(order: WorkOrder) -> dispatch.Filling:
    """All that the order's sheet asks for, its texts marked."""
    sheet = sheet_from_data(order.sheet)
    return dispatch.Filling(
        checks={check.key: True for check in sheet.checks},
        readings={r.key: str(r.low if r.low is not None else r.high or 1) for r in sheet.readings},
        note=marked("work note"),
        pictures=[(photo.key, picture(name=f"{MARK}.png")) for photo in sheet.photos],
        signature=picture("black"),
    )


def finish_work(world: World, order: WorkOrder) -> None:
    """Take it from the pool to done, as the agent's own crew."""
    told: dict[str, Any] = {
        "work_order_id": order.pk,
        "actor": world.company.agent,
        "now": world.now,
    }
    dispatch.accept(**told)
    dispatch.arrive(**told)
    dispatch.complete(filling=fill(order), **told)
    run_deliveries()


def _add_correction(world: World) -> None:
    """A correction of the customer's account that waits for a second person."""
    kind = corrections.correction("customers.account")
    agent = world.company.agent
    waiting = corrections.request_correction(
        kind=kind,
        record=corrections.find_record(kind=kind, number=ACCOUNT, actor=agent),
        values={"use": "commercial"},
        reason=marked("reason of a correction"),
        evidence="",
        actor=agent,
        now=world.now,
    )
    world.ids["approval"] = waiting.pk
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args)"
            " VALUES ('walker', 'core.retry_stalled', %s) RETURNING id",
            [json.dumps({"name": marked("job")})],
        )
        world.ids["job"] = cursor.fetchone()[0]


def _add_work(world: World) -> None:
    at_hand, planned = work_order(world, "at hand"), work_order(world, "planned")
    told: dict[str, Any] = {
        "work_order_id": at_hand.pk,
        "actor": world.company.agent,
        "now": world.now,
    }
    dispatch.accept(**told)
    dispatch.arrive(**told)
    dispatch.save_progress(filling=fill(at_hand), **told)
    shown = Attachment.objects.filter(owner_kind__contains="work", owner_id=at_hand.pk)
    world.ids |= {
        "order": at_hand.pk,
        "planned": planned.pk,
        "picture": shown.values_list("pk", flat=True)[0],
    }


def follow_up(world: World, title: str) -> FollowUp:
    """The open follow-up of a leak that the crew has mended."""
    order = work_order(world, title)
    finish_work(world, order)
    return FollowUp.objects.get(case_id=order.case_id, finished_at__isnull=True)


def _add_follow_ups(world: World) -> None:
    waiting, done = follow_up(world, "to call"), follow_up(world, "called")
    told: dict[str, Any] = {"actor": world.company.colleague, "now": world.now, "channel": "call"}
    feedback.log_attempt(
        follow_up_id=waiting.pk, outcome="no_answer", note=marked("attempt"), **told
    )
    feedback.confirm(
        follow_up_id=done.pk, rating="satisfied", resolved=True, words=marked("words"), **told
    )
    run_deliveries()
    world.ids |= {
        "follow_up": waiting.pk,
        "followed": done.pk,
        "colleague": world.company.colleague.person_id,
    }


def _add_contacts(world: World) -> None:
    agent, now = world.company.agent, world.now
    at_hand, closed, empty = (_contact(world, minutes) for minutes in (30, 60, 5))
    contacts.identify_customer(
        interaction_id=at_hand.pk, customer_id=world.ids["customer"], actor=agent, now=now
    )
    contacts.autosave_draft(
        interaction_id=at_hand.pk,
        tab="walker",
        seen={},
        note=marked("contact note"),
        fields={"subject": marked("subject")},
        actor=agent,
        now=now,
    )
    contacts.link_case(
        interaction_id=at_hand.pk,
        case_id=world.ids["case"],
        kind="continued",
        actor=agent,
        now=now,
    )
    contacts.identify_customer(
        interaction_id=closed.pk, customer_id=world.ids["customer"], actor=agent, now=now
    )
    contacts.finish(
        interaction_id=closed.pk,
        subject=marked("closed subject"),
        outcome="water.answered",
        note=marked("summary"),
        actor=agent,
        now=now + timedelta(hours=2),  # it can be reopened on its day, also after midnight
    )
    world.ids |= {"contact": at_hand.pk, "closed": closed.pk, "empty": empty.pk}
    world.canaries |= {at_hand.number, closed.number, empty.number}


def _add_imports(world: World) -> None:
    """A file that was taken in, with a refused row, and one whose columns are to be named."""
    agent, now, lake = world.company.agent, world.now, world.company.lake.pk
    people = f"户名,电话\n{marked('imported')},13611112222\n{marked('refused')},{MARK}\n"
    upload = SimpleUploadedFile(f"{MARK}.csv", people.encode())
    file = files.receive_file(actor=agent, organisation_id=lake, upload=upload, now=now)
    with NamedTemporaryFile(suffix=".csv") as place:
        path = Path(place.name)
        path.write_text(people)
        about: dict[str, Any] = {"actor": agent, "path": path, "now": now}
        job = importing.start_import(
            mapping={0: "name", 1: "phone"}, organisation_id=lake,
            file_name=f"{MARK}.csv", **about,
        )  # fmt: skip
        importing.run_import(import_id=job.pk, **about)
    export = exporting.request_export(
        actor=agent, now=timezone.now(), filters=ExportFilters(), columns=["name", "phones"],
        form="csv", full_phones=True, reason=marked("reason"), language="en",
    )  # fmt: skip
    run_background()
    world.ids |= {"import": job.pk, "import_file": file.pk, "export": export.pk}


def _add_programs(world: World) -> None:
    agent, now, unit = world.company.agent, world.now, world.company.lake.pk
    key = programs.create_key(
        actor=agent,
        now=now,
        organisation_id=unit,
        name=marked("program"),
        purpose=marked("purpose"),
        scopes=SCOPES,
    )
    with override_settings(QIAO_WEBHOOKS_PRIVATE=True):
        endpoint, _secret = programs.add_endpoint(
            actor=agent,
            now=now,
            organisation_id=unit,
            name=marked("endpoint"),
            url=f"http://127.0.0.1:9/{MARK}",
            event_types=["customers.phone_added"],
        )
    delivery = programs.send_test(actor=agent, now=now, endpoint_id=endpoint.pk)
    programs.keep_attempt(
        delivery_id=delivery.pk,
        outcome=programs.Outcome(8, status=200, answer=marked("answer")),
        now=now,
    )
    world.ids |= {"key": key.key.pk, "endpoint": endpoint.pk, "delivery": delivery.pk}
    world.canaries |= {key.secret.text, key.key.public_id, delivery.message_id}


def _add_requests(world: World) -> None:
    """A person to be erased, one whose data are handed out, and what is good to know of them."""
    agent, now = world.company.agent, world.now
    told: dict[str, Any] = {"actor": agent, "now": now, "customer_id": world.ids["customer"]}
    note = care.add_note(
        text=marked("pinned"), is_pinned=True, **(told | {"now": now + timedelta(hours=2)})
    )
    care.set_preferences(needs_text=marked("needs"), **told)
    care.record_consent(
        purpose="marketing", is_given=True, how="written", proof=marked("proof"), **told
    )
    kept = documents.add_document(
        told=documents.NewDocument(
            "letter", marked("letter"), timezone.localdate(now), timezone.localdate(now)
        ),
        file=io.BytesIO(marked("words of a letter").encode()),
        file_name=f"{MARK}.txt",
        **told,
    )
    documents.read_document(document_id=kept.pk, now=now)
    world.ids |= {"note": note.pk, "document": kept.pk}
    gone = register(
        actor=agent, now=now, organisation_id=world.company.lake.pk, name=marked("to be erased")
    )
    free = register(
        actor=agent, now=now, organisation_id=world.company.lake.pk, name=marked("without account")
    )
    erasure = request_erasure(
        actor=agent, now=now, customer_id=gone.pk, basis="request", reason=marked("erase")
    )
    export = ask_subject_access(
        actor=agent,
        now=now,
        customer_id=world.ids["customer"],
        reason=marked("access"),
        language="en",
    )
    world.ids |= {"erasure": erasure.pk, "packed": export.pk, "free": free.pk}
    world.canaries |= {gone.number, free.number}


def _contact(world: World, minutes: int) -> Interaction:
    return contacts.start_interaction(
        channel="phone",
        phone=CALLER_PHONE,
        caller_name=marked("contact"),
        place=marked("contact place"),
        started_at=world.now - timedelta(minutes=minutes),
        actor=world.company.agent,
        now=world.now,
    )


def texts_of(values: Iterable[object]) -> str:
    """Many values as one text to hunt in."""
    return "\n".join(str(value) for value in values)
