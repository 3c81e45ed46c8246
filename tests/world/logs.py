"""A log of cases that was taken in, and one whose columns are to be named, every text marked."""

from django.core.files.uploadedfile import SimpleUploadedFile

from qiao.cases.operations import intake_files as files
from qiao.cases.operations.intake_runs import start_intake
from qiao.core.transactions import acting
from tests.world.canaries import MARK, World, marked

HEADER = "工单编号,受理时间,办结时间,诉求类型,细类,状态,地址,联系人,联系电话,诉求内容,处理结果"


def add_logs(world: World) -> None:
    """One file in, with a refused row; the other waits."""
    actor, now = world.company.agent, world.now
    rows = [
        f"{marked('number')},2026-01-05 09:00:00,2026-01-06 10:00:00,{marked('kind')},"
        f"{marked('sub')},已办结,{marked('place')},{marked('name')},13611112222,"
        f"{marked('said')},{marked('done')}",
        f"{MARK}-2,2026-01-07 09:00:00,,{marked('kind')},,办理中,,,,{marked('open')},",
        f"{MARK}-3,{MARK},,{marked('kind')},,办理中,,,,{marked('bad')},",
    ]
    data = "\n".join([HEADER, *rows]).encode()
    waiting, job = (
        files.receive_log(
            actor=actor,
            organisation_id=world.company.lake.pk,
            source=marked("source"),
            upload=SimpleUploadedFile(f"{MARK}.csv", data),
            now=now,
        )
        for _n in range(2)
    )
    mapping = {int(column): key for column, key in job.mapping.items()}
    with acting(actor):
        files.name_columns(actor=actor, intake_id=job.pk, mapping=mapping, settings=job.settings)
    files.LOGS.run_check(actor=actor, file_id=job.pk, now=now)
    start_intake(actor=actor, intake_id=job.pk, now=now)
    files.LOGS.run(actor=actor, file_id=job.pk, now=now)
    world.ids |= {"log": job.pk, "log_file": waiting.pk}
