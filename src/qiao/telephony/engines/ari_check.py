"""Looks at a real switch and tells what is wrong with it, before anybody calls."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final

import aiohttp

from qiao.telephony.engines.ari import ANSWERS_WITHIN, Address

VERSIONS: Final = ("20.", "22.")  # with long-term support; others may do


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: whether it is well, and what to do where it is not."""

    is_well: bool
    what: str
    advice: str = ""


def _well(what: str) -> Finding:
    return Finding(is_well=True, what=what)


def _wrong(what: str, advice: str) -> Finding:
    return Finding(is_well=False, what=what, advice=advice)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the switch should have: telephones by their names there, sounds, and modules beyond
    those without which it would not answer."""

    telephones: Collection[str] = ()
    sounds: Collection[str] = ()
    modules: Collection[str] = ()


async def look_at_switch(address: Address, wanted: Wanted) -> list[Finding]:
    """Everything that can be seen by its interface; ends at what makes the rest pointless."""
    async with aiohttp.ClientSession(
        address.url.rstrip("/") + "/",
        headers={"Authorization": aiohttp.encode_basic_auth(address.user, address.password)},
        timeout=aiohttp.ClientTimeout(total=ANSWERS_WITHIN),
    ) as session:
        try:
            status, info = await _get(session, "asterisk/info")
        except (aiohttp.ClientError, TimeoutError) as error:
            advice = "is the switch running, and does http.conf bind this address and port?"
            return [_wrong(f"{address.url}: no answer ({error})", advice)]
        if status != 200:
            return [_refused(status)]
        return [
            _well("the interface answers, user and password are right"),
            _version(info),
            await _listened_to(session, address.app),
            await _telephones(session, wanted.telephones),
            await _sounds(session, wanted.sounds),
            *await _modules(session, wanted.modules),
        ]


async def _get(session: aiohttp.ClientSession, path: str) -> tuple[int, Any]:
    async with session.get(f"ari/{path}") as answer:
        is_json = answer.content_type == "application/json"
        return answer.status, await answer.json() if is_json else None


def _refused(status: int) -> Finding:
    if status == 401:
        return _wrong("user or password are not those of ari.conf", "compare with qiao_ari.conf")
    if status == 404:
        advice = "ari.conf needs enabled=yes in [general], and res_ari.so must be loaded"
        return _wrong("there is no ARI at this address", advice)
    return _wrong(f"the interface answers {status}", "see the log of the switch")


def _version(info: Mapping[str, Any]) -> Finding:
    version = str(info.get("system", {}).get("version", ""))
    if version.startswith(VERSIONS):
        return _well(f"Asterisk {version}")
    advice = "20 and 22 are looked after longest; others were not tried"
    return _wrong(f"Asterisk {version or 'of unknown version'}", advice)


async def _listened_to(session: aiohttp.ClientSession, app: str) -> Finding:
    status, _found = await _get(session, f"applications/{app}")
    if status == 200:
        return _well("a controller listens")
    advice = "start ./qiao telephony run; until then calls go where the dial plan sends them"
    return _wrong("no controller listens", advice)


async def _telephones(session: aiohttp.ClientSession, names: Collection[str]) -> Finding:
    _status, found = await _get(session, "endpoints/PJSIP")
    states = {f"PJSIP/{each['resource']}": each["state"] for each in found or ()}
    missing = sorted(set(names) - set(states))
    if missing:
        advice = "write the files again (./qiao telephony config) and reload res_pjsip"
        return _wrong(f"not known there: {', '.join(missing[:8])}", advice)
    online = sum(states[name] == "online" for name in names)
    return _well(f"{len(names)} telephones are known, {online} are signed on")


async def _modules(session: aiohttp.ClientSession, names: Collection[str]) -> list[Finding]:
    missing = []
    for name in names:
        status, found = await _get(session, f"asterisk/modules/{name}")
        if status != 200 or found.get("status") != "Running":
            missing.append(name)
    if missing:
        advice = "load them (module load NAME), and see that modules.conf does so at every start"
        return [_wrong(f"not loaded: {', '.join(missing)}", advice)]
    return [_well(f"{len(names)} modules for telephones in the browser run")] if names else []


async def _sounds(session: aiohttp.ClientSession, names: Collection[str]) -> Finding:
    missing = []
    for name in sorted(names):
        status, _found = await _get(session, f"sounds/{name}")
        if status != 200:
            missing.append(name)
    if missing:
        advice = "./qiao telephony prompts writes the list; put the recordings into its sounds"
        return _wrong(f"{len(missing)} of {len(names)} sounds are missing", advice)
    return _well(f"all {len(names)} sounds of the menus are there")
