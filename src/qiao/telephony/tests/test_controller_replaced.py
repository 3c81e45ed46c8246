"""Another controller takes the place of ours, as a real switch was recorded to tell it."""

import asyncio
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connections
from django.utils import timezone

from qiao.telephony.controller import Controller
from qiao.telephony.engines.ari import Address, AriEngine
from qiao.telephony.tests.ari_double import AriDouble, script

RECORDING = "12_second_ws_same_app"
LONG = 20.0


class EmptySwitch(AriDouble):
    """Nothing stands there."""

    def _seen(self, path: str) -> web.StreamResponse:
        if path in ("/channels", "/bridges"):
            return web.json_response([])
        return super()._seen(path)


@pytest.mark.usefixtures("own_database")
def test_a_controller_whose_place_is_taken_stops_by_itself_and_does_not_come_back() -> None:
    path = Path(settings.QIAO_SHARED) / "data" / "ari-traces" / f"{RECORDING}.jsonl"
    if not path.is_file():
        pytest.skip("the recordings of QIAO_SHARED are not here")
    double = EmptySwitch(script(path))

    async def scene() -> None:
        try:
            async with TestServer(double.application()) as server:
                url = f"http://127.0.0.1:{server.port}"
                engine = AriEngine(Address(url, "qiao", "secret", "cc"), timezone.now)
                await asyncio.wait_for(Controller(engine, timezone.now).run(), LONG)
        finally:
            await sync_to_async(connections.close_all)()  # this database goes with the test

    asyncio.run(scene())
    assert double.at == len(double.rows)
    assert double.wrong == []
