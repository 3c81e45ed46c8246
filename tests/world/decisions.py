"""What waits for the administration: a correction, a failed job, a problem, a backup."""

import io
import json

from django.db import connection

from qiao.core import corrections
from qiao.core.models import Attachment
from qiao.desk.models import BackupRun
from qiao.desk.operations.problems import Circumstances, report_problem
from qiao.staff.models import Notice
from qiao.staff.operations import notify
from tests.world.canaries import ACCOUNT, World, marked, picture


def add_problem(world: World) -> None:
    """A fault that the agent reported, with a picture."""
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


def add_notice(world: World) -> None:
    """A colleague is told of a case of the branch."""
    told = notify(
        staff_ids=[world.company.agent.person_id],
        kind="cases.ladder",
        subject_id=world.ids["case"],
        once="world",
        facts={"after": "due", "figure": 0, "promise": "arrive"},
        now=world.now,
    )
    assert told == 1
    world.ids |= {"notice": Notice.objects.get(once="world").pk}


def add_backup(world: World) -> None:
    """A backup that was made, for the whole company; nothing of a branch stands in it."""
    kept = BackupRun.objects.create(
        kind="backup",
        origin="command",
        state="done",
        requested_at=world.now,
        started_at=world.now,
        finished_at=world.now,
        place="/srv/qiao/backups/qiao.tar",
        size_bytes=1,
        table_count=1,
        row_count=1,
        file_count=1,
    )
    world.ids["backup"] = kept.pk


def add_correction(world: World) -> None:
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
