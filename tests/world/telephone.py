"""The branch's line: a call that the agent has, one that waits, and a telephone on the screen."""

from qiao.contact.operations import sign_on
from qiao.staff.models import Skill
from qiao.staff.operations import define_skill, give_skill
from qiao.telephony.models import Call, PhoneDeed
from qiao.telephony.operations import Switchboard, add_line
from qiao.telephony.operations.owing import owe_call
from qiao.telephony.rules import switch
from qiao.telephony.rules.switch import Outcome
from tests.world.canaries import CALLER_PHONE, PHONE, World

QUEUE = "water.billing"
LINE = "96390"


def add_calls(world: World) -> None:
    """Two callers; the first is taken."""
    if not Skill.objects.filter(key=QUEUE).exists():
        define_skill(key=QUEUE, names={"en": QUEUE})
    give_skill(staff=world.staff("agent"), skill_key=QUEUE, level=3)
    lake = world.company.lake
    add_line(number=LINE, name="热线", organisation_id=lake.pk, queue=QUEUE)
    sign_on(actor=world.company.agent, endpoint="screen/1027", now=world.now)
    board = Switchboard()
    taken = _arrive(world, board, "walker-1")
    leg = f"q{taken.pk}-a2"
    board.hear(switch.Ready(world.now, leg, "agent", str(taken.pk)), now=world.now)
    for given in board.hear(switch.Up(world.now, leg), now=world.now):
        board.bring(given, Outcome.DONE, now=world.now)
    taken.refresh_from_db()
    waits = _arrive(world, board, "walker-2")
    board.hear(switch.Arrived(world.now, "walker-3", PHONE, LINE), now=world.now)
    board.hear(switch.Left(world.now, "walker-3"), now=world.now)  # the customer, heard by nobody
    deed = PhoneDeed.objects.create(
        kind=PhoneDeed.Kind.DIAL,
        phone=CALLER_PHONE,
        dialled=LINE,
        channel="walker-2",
        asked_by_id=world.company.agent.person_id,
        asked_at=world.now,
        done_at=world.now,
    )
    owed = owe_call(call=taken, kind="callback", phone="13922223333", queue=QUEUE, now=world.now)
    world.canaries.add(owed.number)
    world.ids |= {
        "owed": owed.pk,
        "call": taken.pk,
        "call_contact": taken.interaction_id,
        "waiting_call": waits.pk,
        "deed": deed.pk,
    }


def _arrive(world: World, board: Switchboard, channel: str) -> Call:
    now = world.now
    board.hear(switch.Arrived(now, channel, CALLER_PHONE, LINE), now=now)
    board.hear(switch.Up(now, channel), now=now)
    return Call.objects.get(channel=channel)
