"""Telephones in the browser: files of the switch, secrets, who is given which, who is rung."""

import asyncio
from dataclasses import asdict

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from django.conf import LazySettings
from django.test import Client
from django.utils import timezone

from qiao.contact.operations import sign_on
from qiao.contact.queries import standings
from qiao.core.actor import Actor
from qiao.core.crypto import WrongKey, default_ring
from qiao.core.middleware import POLICY
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.engines import ari_words
from qiao.telephony.engines.ari import Address
from qiao.telephony.engines.ari_check import Finding, Wanted, look_at_switch
from qiao.telephony.engines.browser_check import look_at_socket
from qiao.telephony.models import BrowserPhone, Call
from qiao.telephony.operations import NoBrowserPhone, hand_line, make_secrets, use_desk_phone
from qiao.telephony.queries import telephone_of
from qiao.telephony.queries.browser_phones import sealing_context
from qiao.telephony.rules import switch
from qiao.telephony.rules.browser_phones import domain_of, origin_of, socket_address
from qiao.telephony.rules.switch_files import FOR_BROWSERS, SwitchTerms, Telephone, switch_files
from qiao.telephony.tests.test_switch_setup import WELL, blocks_of

WSS = "wss://pbx.example.com:8089/ws"
LINE, DESK, WINDOW = "/calls/softphone/line", "/calls/softphone/desk", "/calls/softphone/"


@pytest.fixture
def company(db: None, settings: LazySettings) -> Company:
    """An Asterisk that takes telephones in the browser."""
    del db
    settings.SWITCH, settings.SWITCH_WSS = "asterisk", WSS
    settings.TELEPHONE = "PJSIP/{number}"
    return make_company()


def made_for(*people: Actor, renew: bool = False) -> dict[int, str]:
    ids = [each.person_id for each in people]
    return dict(make_secrets(staff_ids=ids, now=timezone.now(), renew=renew))


def browser_of(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    return client


def test_each_person_has_a_telephone_on_the_desk_and_one_in_the_browser() -> None:
    person = Telephone("1027", "林晓岚", "p1", "p2")
    files = switch_files(SwitchTerms("q", "p", is_webrtc=True, certificate="/c.pem"), [person])
    heads = ["[qiao-wss]", *["[1027]"] * 3, *["[1027-web]"] * 3]
    blocks = blocks_of(files["qiao_pjsip.conf"])
    assert [block[0] for block in blocks] == heads
    desk, browser = blocks[1], blocks[4]
    assert "webrtc=yes" in browser
    assert "webrtc=yes" not in desk
    assert 'callerid="林晓岚" <1027>' in browser
    assert "password=p2" in blocks[5]
    assert {"tlsenable=yes", "tlscertfile=/c.pem"} <= set(files["qiao_http.conf"].split("\n"))
    assert all(name in files["qiao_modules.txt"] for name in FOR_BROWSERS)


@pytest.mark.parametrize(
    ("address", "fault"),
    [
        ("https://pbx.example.com/ws", "wss://HOST"),
        ("wss:///ws", "wss://HOST"),
        ("wss://pbx.example.com:port/ws", "port is a number"),
        ("ws://pbx.example.com:8088/ws", "needs wss"),
        ("wss://a:b@pbx.example.com/ws", "nothing but host"),
        ("wss://pbx.example.com/ws; script-src *", "no such signs"),
    ],
)
def test_an_address_that_no_browser_could_use_is_refused(address: str, fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        socket_address(address)


def test_an_address_gives_origin_and_domain() -> None:
    assert socket_address(WSS) == WSS
    assert socket_address("ws://127.0.0.1:8088/ws")
    assert origin_of(WSS) == "wss://pbx.example.com:8089"
    assert domain_of("wss://[::1]:8089/ws") == "[::1]"


def test_a_telephone_is_told_which_call_rings_and_why() -> None:
    order = switch.Create("q7-a2", "PJSIP/1027-web", "agent", "7", "13800001111", "in-1")
    body = ari_words.request_of(order, "qiao").body
    assert body == {
        "variables": {
            "CONNECTEDLINE(num,i)": "13800001111",
            "PJSIP_HEADER(add,X-Qiao-Call)": "7;role=agent",
        }
    }
    outside = switch.Create("q7-k3", "PJSIP/139@trunk", "callee", "7", "96390", "q7-o2")
    assert "X-Qiao-Call" not in str(ari_words.request_of(outside, "qiao").body)


def test_a_secret_is_kept_sealed_and_only_renewed_when_asked(company: Company) -> None:
    first = made_for(company.agent, company.colleague)
    assert made_for(company.agent, company.colleague) == first
    assert first[company.agent.person_id] != first[company.colleague.person_id]
    row = BrowserPhone.objects.get(staff_id=company.agent.person_id)
    assert first[company.agent.person_id].encode() not in bytes(row.secret)
    with pytest.raises(WrongKey):
        default_ring().decrypt(row.secret, context=sealing_context(company.colleague.person_id))
    renewed = made_for(company.agent, renew=True)
    assert renewed[company.agent.person_id] != first[company.agent.person_id]
    assert not BrowserPhone.objects.filter(staff_id=company.colleague.person_id).exists()


def test_a_line_is_handed_to_its_own_person_and_is_rung_from_then_on(company: Company) -> None:
    secrets = made_for(company.agent, company.colleague)
    now = timezone.now()
    sign_on(actor=company.agent, endpoint=telephone_of(company.agent), now=now)
    handed = hand_line(actor=company.agent, now=now)
    assert asdict(handed) == {
        "address": WSS,
        "uri": "sip:1027-web@pbx.example.com",
        "user": "1027-web",
        "secret": secrets[company.agent.person_id],
        "ice": (),
    }
    assert handed.secret not in repr(handed)
    person = company.agent.person_id
    assert standings(staff_ids=[person])[person].endpoint == "PJSIP/1027-web"
    assert telephone_of(company.colleague) == "PJSIP/1028"
    use_desk_phone(actor=company.agent, now=now)
    assert standings(staff_ids=[person])[person].endpoint == "PJSIP/1027"


def test_a_window_that_tries_again_by_itself_takes_nothing_from_the_desk(
    company: Company,
) -> None:
    made_for(company.agent)
    client, person = browser_of(company.agent_staff), company.agent.person_id
    sign_on(actor=company.agent, endpoint=telephone_of(company.agent), now=timezone.now())
    assert "secret" in client.post(LINE).json()
    assert "secret" in client.post(LINE, {"again": "1"}).json()
    client.post(DESK)
    assert client.post(LINE, {"again": "1"}).json() == {"reason": "at_desk"}
    assert standings(staff_ids=[person])[person].endpoint == "PJSIP/1027"
    assert "secret" in client.post(LINE).json()
    assert standings(staff_ids=[person])[person].endpoint == "PJSIP/1027-web"


def test_only_a_call_that_has_ended_is_said_to_have_ended(company: Company) -> None:
    """Whoever is consulted at a branch does not see the call, and talks in it."""
    client, now = browser_of(company.agent_staff), timezone.now()
    call = Call.objects.create(organisation=company.river, channel="in-1", arrived_at=now)
    assert not Call.objects.visible_to(company.agent).filter(pk=call.pk).exists()
    assert client.get(f"/calls/softphone/goes-on/{call.pk}").json() == {"goes_on": True}
    Call.objects.filter(pk=call.pk).update(phase=Call.Phase.ENDED, ended_at=now)
    assert client.get(f"/calls/softphone/goes-on/{call.pk}").json() == {"goes_on": False}


def test_nobody_is_handed_what_the_switch_does_not_know(
    company: Company, settings: LazySettings
) -> None:
    with pytest.raises(NoBrowserPhone, match="not_at_switch"):
        hand_line(actor=company.agent, now=timezone.now())
    made_for(company.agent)
    settings.SWITCH = "played"
    with pytest.raises(NoBrowserPhone, match="none_here"):
        hand_line(actor=company.agent, now=timezone.now())


def test_the_secret_stands_in_no_page_and_is_kept_nowhere_on_its_way(company: Company) -> None:
    secrets = made_for(company.agent, company.colleague)
    client = browser_of(company.agent_staff)
    page = client.get(WINDOW)
    assert page["Content-Security-Policy"] == POLICY.replace(
        "connect-src 'self'", "connect-src 'self' wss://pbx.example.com:8089"
    )
    home = client.get("/")
    assert home["Content-Security-Policy"] == POLICY
    for each in (page, home):
        assert not any(secret in each.content.decode() for secret in secrets.values())
    answer = client.post(LINE)
    assert answer.json()["secret"] == secrets[company.agent.person_id]
    assert answer["Cache-Control"] == "no-store"
    assert BrowserPhone.objects.get(staff_id=company.agent.person_id).handed_at is not None
    assert client.post(DESK).status_code == 204
    assert Client().post(LINE).status_code in (302, 401)


def test_who_came_after_the_files_is_told_so(company: Company) -> None:
    answer = browser_of(company.agent_staff).post(LINE)
    assert answer.json() == {"reason": "not_at_switch"}


def looked_at(path: str, *, protocol: str = "sip") -> list[Finding]:
    """What is found at a websocket that speaks `protocol` at /ws."""

    async def answer(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=(protocol,))
        await socket.prepare(request)
        return socket

    async def scene() -> list[Finding]:
        app = web.Application()
        app.router.add_get("/ws", answer)
        async with TestServer(app) as server:
            address = f"ws://{server.host}:{server.port}{path}"
            return await look_at_socket(address, is_served_by_tls=False)

    return asyncio.run(scene())


def test_the_way_of_a_browser_is_looked_at_to_its_end() -> None:
    (well,) = looked_at("/ws")
    assert well.is_well
    (elsewhere,) = looked_at("/phone")
    assert "404" in elsewhere.what
    assert "/ws" in elsewhere.advice
    (other,) = looked_at("/ws", protocol="mqtt")
    assert "something else than SIP" in other.what


def test_nothing_at_the_address_and_pages_without_tls_are_told() -> None:
    plain, silent = asyncio.run(look_at_socket("wss://127.0.0.1:9/ws", is_served_by_tls=False))
    assert "QIAO_TLS" in plain.what
    assert "tlsenable" in silent.advice


def test_modules_that_a_browser_needs_are_asked_for() -> None:
    answers = WELL | {f"asterisk/modules/{name}": {"status": "Running"} for name in FOR_BROWSERS}
    answers["asterisk/modules/res_srtp.so"] = {"status": "Not Running"}

    async def answer(request: web.Request) -> web.Response:
        found = answers.get(request.path.removeprefix("/ari/"))
        return web.json_response(found, status=200 if found else 404)

    async def scene() -> list[Finding]:
        app = web.Application()
        app.router.add_get("/ari/{rest:.*}", answer)
        async with TestServer(app) as server:
            address = Address(f"http://{server.host}:{server.port}", "qiao", "secret")
            return await look_at_switch(address, Wanted(modules=FOR_BROWSERS))

    (wrong,) = [each for each in asyncio.run(scene()) if not each.is_well]
    assert wrong.what == "not loaded: res_srtp.so"
