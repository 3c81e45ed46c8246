"""The worker that sends waves of surveys."""

from datetime import datetime

from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.core import background
from qiao.core.background import QUEUE
from qiao.core.tasks import PATIENT
from qiao.core.transactions import acting
from qiao.feedback.operations.survey_sending import TASK, lock_of, send_part
from qiao.feedback.queries.surveys import unfinished_waves


@app.task(name=TASK, queue=QUEUE, retry=PATIENT)
def send(*, wave_id: int) -> None:
    """Invite everybody of a wave who was not, a transaction a part."""
    more = 1
    while more:
        with acting(None):
            more = send_part(wave_id=wave_id, now=timezone.now())


def go_on(now: datetime) -> None:
    """Have waves sent on that no job is left for: its tries were used up, say."""
    for wave_id in unfinished_waves(before=now):
        if not background.state_of(lock_of(wave_id)):
            with acting(None):
                background.defer(TASK, lock=lock_of(wave_id), wave_id=wave_id)
