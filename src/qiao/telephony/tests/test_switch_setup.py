"""A real switch is set up by files, and looked at before anybody calls."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from qiao.telephony.engines.ari import Address
from qiao.telephony.engines.ari_check import Finding, Wanted, look_at_switch
from qiao.telephony.rules.switch_files import SwitchTerms, Telephone, switch_files

TERMS = SwitchTerms("qiao", "long-secret", fallback="PJSIP/9000")
PEOPLE = (Telephone("1027", "林晓岚", "p1"), Telephone("1031", "黄蕴仪", "p2"))


def blocks_of(text: str) -> list[list[str]]:
    """Sections of a file, each with its lines."""
    found: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("["):
            found.append([line])
        elif line and not line.startswith(";"):
            found[-1].append(line)
    return found


def test_every_telephone_has_endpoint_password_and_place() -> None:
    blocks = blocks_of(switch_files(TERMS, PEOPLE)["qiao_pjsip.conf"])
    for person in PEOPLE:
        own = [block for block in blocks if block[0] == f"[{person.number}]"]
        assert [block[1] for block in own] == ["type=endpoint", "type=auth", "type=aor"]
        assert f"password={person.password}" in own[1]
        assert "allow_transfer=no" in own[0]


def test_a_call_that_nobody_conducts_rings_where_the_company_said() -> None:
    text = switch_files(TERMS, PEOPLE)["qiao_extensions.conf"]
    (block,) = blocks_of(text)
    assert block[2] == " same => n,Stasis(qiao,inbound,${EXTEN})"
    away = block.index(" same => n(away),NoOp(nobody conducts calls)")
    assert block[away + 1] == " same => n,Dial(PJSIP/9000,45)"
    busy = switch_files(SwitchTerms("qiao", "x"), PEOPLE)["qiao_extensions.conf"]
    assert "Busy(10)" in busy


@pytest.mark.parametrize("bad", ["a\nb", "x;y", "[z]"])
def test_a_sign_that_would_break_a_line_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="cannot stand"):
        switch_files(TERMS, [Telephone("1", bad, "p")])


def looked_at(
    answers: Mapping[str, Any], wanted: Wanted, *, is_known: bool = True
) -> list[Finding]:
    """What is found at a switch that answers so; other paths are not there."""

    async def answer(request: web.Request) -> web.Response:
        if not is_known:
            return web.json_response({"message": "no"}, status=401)
        path = request.path.removeprefix("/ari/")
        if path not in answers:
            return web.json_response({"message": "no"}, status=404)
        return web.json_response(answers[path])

    async def scene() -> list[Finding]:
        app = web.Application()
        app.router.add_get("/ari/{rest:.*}", answer)
        async with TestServer(app) as server:
            url = f"http://{server.host}:{server.port}"
            return await look_at_switch(Address(url, "qiao", "secret"), wanted)

    return asyncio.run(scene())


WELL = {
    "asterisk/info": {"system": {"version": "22.10.1"}},
    "applications/qiao": {"name": "qiao"},
    "endpoints/PJSIP": [{"resource": "1027", "state": "online"}],
    "sounds/qiao-a": {"id": "qiao-a"},
}


def test_a_switch_that_is_well_has_nothing_wrong() -> None:
    found = looked_at(WELL, Wanted(["PJSIP/1027"], ["qiao-a"]))
    assert all(each.is_well for each in found)
    assert any("1 are signed on" in each.what for each in found)


def test_each_fault_comes_with_what_to_do() -> None:
    answers = {**WELL, "asterisk/info": {"system": {"version": "13.1.0"}}}
    del answers["applications/qiao"]
    found = looked_at(answers, Wanted(["PJSIP/1027", "PJSIP/1031"], ["qiao-a", "qiao-b"]))
    wrong = [each for each in found if not each.is_well]
    assert len(wrong) == 4
    assert all(each.advice for each in wrong)
    assert any("PJSIP/1031" in each.what for each in wrong)
    assert any("1 of 2 sounds" in each.what for each in wrong)


def test_a_wrong_password_and_a_missing_interface_are_told_apart() -> None:
    (refused,) = looked_at(WELL, Wanted(), is_known=False)
    assert "password" in refused.what
    (missing,) = looked_at({}, Wanted())
    assert "no ARI" in missing.what


def test_a_switch_that_does_not_answer_is_told() -> None:
    address = Address("http://127.0.0.1:9", "qiao", "x")
    (found,) = asyncio.run(look_at_switch(address, Wanted()))
    assert not found.is_well
    assert "http.conf" in found.advice
