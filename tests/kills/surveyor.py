"""One worker of the kill test of surveys: dies by its own hand before a given statement.

``python -m tests.kills.surveyor WAVE STATEMENT``; statement 0 lets it live.
"""

import os
import sys

import django
from django.utils import timezone

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiao.config.settings")
PART = 7  # invitations: many parts of few


def main(wave_id: int, statement: int) -> None:
    """Invite everybody of a wave who was not, as far as it comes."""
    from qiao.core.transactions import acting
    from qiao.feedback.operations.survey_sending import send_part
    from tests.kills.importer import die_before

    if statement:
        die_before(statement)
    more = 1
    while more:
        with acting(None):
            more = send_part(wave_id=wave_id, now=timezone.now(), most=PART)


if __name__ == "__main__":
    django.setup()
    main(int(sys.argv[1]), int(sys.argv[2]))
