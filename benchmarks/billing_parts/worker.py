"""A worker of a run of bills that says of how many accounts it begins a batch, before it is kept.

``python worker.py reckon|issue RUN CLERK``. A batch that is cut off when it is killed was said as
a whole, so that it counts as done twice; one that ends is said to be as large as it was.
"""

import os
import sys

JOBS = {"reckon": "_reckon_some", "issue": "_issue_some"}


def main(job: str, run_id: int, clerk: str) -> None:
    """Do the job of the run to its end, or until somebody kills this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
    import django

    django.setup()
    from django.utils import timezone

    from qiao.billing.operations import run_jobs
    from qiao.staff.queries import actor_by_number

    some = getattr(run_jobs, JOBS[job])

    def say(count: int) -> None:
        os.write(1, f"{count}\n".encode())  # whole lines, whichever thread says them

    def told(*given: object) -> int:
        say(run_jobs.BATCH)
        count = int(some(*given))
        say(count - run_jobs.BATCH)
        return count

    setattr(run_jobs, JOBS[job], told)
    now = timezone.now()
    actor = actor_by_number(clerk, day=timezone.localdate(now))
    if job == "reckon":
        run_jobs.reckon_run(run_id=run_id, actor=actor)
    else:
        run_jobs.issue_run(run_id=run_id, actor=actor, now=now)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
