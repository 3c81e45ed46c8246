"""Workers that send a wave of a survey are killed at many points: nobody is invited twice, nobody
is left out, and every link that was sent opens its page."""

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit, urlunsplit

import pytest
from django.utils import timezone

from qiao.core.transactions import acting
from qiao.feedback.models import SurveyInvitation, SurveyWave
from qiao.feedback.operations.survey_drawing import Draw, draw_wave
from qiao.feedback.operations.survey_sending import send_wave
from qiao.feedback.queries.public_surveys import public_survey
from qiao.feedback.tests.surveying import PAGE, customers, designed, link_of
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.staff.tests.cast import make_company

ROOT = Path(__file__).parents[2]
INVITED, KILLS = 40, 6
pytestmark = pytest.mark.slow


def a_wave() -> SurveyWave:
    """A wave that is to be sent to everybody who agreed."""
    now = timezone.now()
    with acting(None):
        company = make_company()
        for number, row in enumerate(customers(company, INVITED)):
            add_email(
                customer_id=row.pk, address=f"k{number}@example.com", actor=company.agent, now=now
            )
        survey = designed(company)
        wave = draw_wave(
            survey_id=survey.pk, draw=Draw(INVITED, 7), actor=company.agent,
            now=now + timedelta(seconds=1),
        )  # fmt: skip
        return send_wave(wave_id=wave.pk, page_url=PAGE, actor=company.agent, now=timezone.now())


def test_a_wave_that_is_sent_by_dying_workers_reaches_everybody_once(
    own_database: str, tmp_path: Path
) -> None:
    wave = a_wave()
    rng, died = Random(3), 0
    url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{own_database}"))
    environment = os.environ | {
        "DATABASE_URL": url, "QIAO_NO_POOL": "1", "PYTHONPATH": f"{ROOT}/src:{ROOT}"
    }  # fmt: skip
    with (tmp_path / "runs.log").open("ab") as log:
        for _ in range(4 * KILLS):
            statement = rng.randrange(1, 30) if died < KILLS else 0
            words = [sys.executable, "-m", "tests.kills.surveyor", str(wave.pk), str(statement)]
            code = subprocess.run(
                words, env=environment, cwd=ROOT, stdout=log, stderr=log, check=False
            ).returncode
            died += code == -signal.SIGKILL
            if code == 0:
                break
    assert died == KILLS, (tmp_path / "runs.log").read_text()[-2_000:]
    wave.refresh_from_db()
    assert wave.queued_at is not None
    invitations = list(SurveyInvitation.objects.filter(wave=wave))
    assert Counter(row.state for row in invitations) == {"sent": INVITED}
    messages = Counter(Message.objects.filter(kind="survey").values_list("to_address", flat=True))
    assert (len(messages), max(messages.values())) == (INVITED, 1)
    assert len({row.message_id for row in invitations}) == INVITED
    for row in invitations:
        assert public_survey(link_of(row), now=timezone.now()) is not None
