"""A sender that is killed again and again sends nothing twice, and tells what nobody knows."""

import os
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.db import transaction
from django.utils import timezone
from pytest_django.fixtures import Settings

from qiao.messaging.models import Message
from qiao.messaging.operations import Receiver, Sending, Words, queue_messages
from qiao.messaging.tests.mailserver import mail_server
from qiao.staff.tests.cast import make_company

ROOT = Path(__file__).parents[2]
MESSAGES, KILLS = 200, 5
pytestmark = [pytest.mark.slow, pytest.mark.enable_socket]


def queue() -> None:
    """Messages that are due, each to an address of its own."""
    with transaction.atomic():
        agent = make_company().agent
        queue_messages(
            sending=Sending(
                organisation_id=agent.organisation_id,
                kind="reply",
                texts={"": Words("答复", "您好")},
                channels=("email",),
                is_automatic=False,
                is_plain=True,
            ),
            receivers=[
                Receiver(name=f"客户{n}", address=f"c{n}@example.com") for n in range(MESSAGES)
            ],
            actor=agent,
            now=timezone.now(),
        )


def test_two_hundred_messages_five_kills_and_nobody_is_written_to_twice(
    own_database: str, settings: Settings, tmp_path: Path
) -> None:
    queue()
    rng = Random(7)
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{own_database}"))
    died = 0
    with mail_server(settings) as server, (tmp_path / "runs.log").open("ab") as log:
        environment = os.environ | {
            "DATABASE_URL": url,
            "QIAO_NO_POOL": "1",
            "PYTHONPATH": f"{ROOT}/src:{ROOT}",
            "QIAO_SMTP_HOST": "127.0.0.1",
            "QIAO_SMTP_PORT": str(server.port),
            "QIAO_SMTP_TLS": "none",
        }
        for _ in range(30):
            statement = rng.randrange(30, 500) if died < KILLS else 0
            words = [sys.executable, "-m", "tests.kills.sender", str(statement)]
            code = subprocess.run(
                words, env=environment, cwd=ROOT, stdout=log, stderr=log, check=False
            ).returncode
            died += code == -signal.SIGKILL
            if code == 0 and not Message.objects.filter(ended_at__isnull=True).exists():
                break
    arrived = Counter(server.receivers)
    states = Counter(Message.objects.values_list("state", flat=True))
    unknown = set(Message.objects.filter(state="unknown").values_list("to_address", flat=True))
    sent = set(Message.objects.filter(state="sent").values_list("to_address", flat=True))
    assert died == KILLS, (tmp_path / "runs.log").read_text()[-2_000:]
    assert set(states) <= {"sent", "unknown"}
    assert sum(states.values()) == MESSAGES
    assert states["unknown"] <= KILLS
    assert max(arrived.values()) == 1
    assert sent <= set(arrived)
    assert set(arrived) - sent <= unknown
