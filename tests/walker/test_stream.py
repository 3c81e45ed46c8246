"""The live stream of a branch tells nothing of the branch next door."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import sync_to_async
from django.db import connections, transaction
from django.test import AsyncClient
from django.utils import timezone

from qiao.cases.operations import add_note
from tests.world import World, build_world, open_leak

SECONDS = 15
BACKEND = "qiao.staff.signin.StaffBackend"
PATIENT = 1.5  # seconds in which an event that would come has come


async def _listen(world: World, who: str, heard: list[str], ready: asyncio.Event) -> None:
    client = AsyncClient()
    await client.aforce_login(world.staff(who), backend=BACKEND)
    response = await client.get("/live/")
    assert response.status_code == 200
    async for frame in response.streaming_content:  # type: ignore[attr-defined]
        ready.set()
        heard.append(frame.decode())


def _told(pieces: list[str]) -> list[str]:
    """The names of what was told, but for the word to read anew, with which listening begins."""
    lines = [line[6:] for piece in pieces for line in piece.split("\n") if line[:6] == "data: "]
    names = [json.loads(line).get("name", "") for line in lines]
    return [name for name in names if name and name != "core.resync"]


def _happen(world: World) -> None:
    with transaction.atomic():
        case = open_leak(world, "heard")
        add_note(case_id=case.pk, text="x", actor=world.company.agent, now=world.now)


async def _morning(world: World) -> dict[str, list[str]]:
    await sync_to_async(connections.close_all)()  # of a thread that served another database
    heard: dict[str, list[str]] = {"agent": [], "outsider": []}
    ready = {who: asyncio.Event() for who in heard}
    tasks = [asyncio.create_task(_listen(world, who, heard[who], ready[who])) for who in heard]
    await asyncio.gather(*(asyncio.wait_for(event.wait(), SECONDS) for event in ready.values()))
    for _try in range(SECONDS):
        await sync_to_async(_happen)(world)
        await asyncio.sleep(1)
        if any("cases" in frame for frame in heard["agent"]):
            break
    await asyncio.sleep(PATIENT)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return heard


@pytest.mark.usefixtures("own_database")
def test_the_stream_of_one_branch_is_silent_about_another() -> None:
    with transaction.atomic():
        world = build_world(timezone.now())
    with ThreadPoolExecutor(1) as thread:  # a browser of other tests keeps a loop in this one
        heard = thread.submit(asyncio.run, _morning(world)).result()
    assert _told(heard["agent"]), "the colleague hears what happened"
    assert _told(heard["outsider"]) == []
    assert not world.betrayed_by("".join(heard["outsider"]))
