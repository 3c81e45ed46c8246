"""Calls out: why they were made, and turns of theirs, which no figure of the queues counts."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

KEPT = import_module("qiao.telephony.migrations.0003_kept_figures")
TURNS = ("new_rows", "old_rows", "telephony_callturn")


def of_queues(sql):
    """The statements of the figures, over turns of calls that came in alone."""
    for turns in TURNS:
        sql = sql.replace(
            f"FROM {turns} t\n", f"FROM {turns} t WHERE t.kind NOT IN ('reached', 'unreached')\n"
        )
    parts = sql.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION").split(";\n\n")
    return ";\n\n".join(each for each in parts if "CREATE TRIGGER" not in each)


class Migration(migrations.Migration):
    dependencies = [("telephony", "0009_recordings_lost_and_under_way")]
    operations = [
        migrations.CreateModel(
            name="OutgoingCall",
            fields=[
                (
                    "call",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="outgoing",
                        serialize=False,
                        to="telephony.call",
                    ),
                ),
                (
                    "why",
                    models.TextField(
                        choices=[
                            ("owed", "Owed call"),
                            ("entry", "From a list"),
                            ("customer", "By hand"),
                        ]
                    ),
                ),
                ("ref", models.BigIntegerField()),
                ("is_settled", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [models.Index(fields=["why", "ref"], name="telephony_outgoing_for")],
            },
        ),
        migrations.RemoveConstraint(
            model_name='callturn',
            name='telephony_turn_of_somebody',
        ),
        migrations.AlterField(
            model_name='call',
            name='phase',
            field=models.TextField(choices=[('new', 'New'), ('arrived', 'Arrived'), ('greeted', 'Is greeted'), ('menu', 'Is in the voice menu'), ('waiting', 'Waits'), ('own_phone', 'Whoever calls is rung'), ('dialling', 'The other side is rung'), ('talking', 'Talks'), ('held', 'Is held'), ('consulting', 'A third is consulted'), ('ended', 'Ended')], default='new'),
        ),
        migrations.AlterField(
            model_name='callturn',
            name='kind',
            field=models.TextField(choices=[('answered', 'Answered'), ('abandoned', 'Abandoned'), ('lost', 'Lost'), ('left', 'Hung up before a queue'), ('moved', 'Went to another queue'), ('passed', 'Passed on'), ('reached', 'Reached'), ('unreached', 'Not reached')]),
        ),
        migrations.AddConstraint(
            model_name='callturn',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['answered', 'passed', 'reached', 'unreached']), ('staff__isnull', False)), models.Q(('kind__in', ['abandoned', 'lost', 'left', 'moved']), ('staff__isnull', True)), _connector='OR'), name='telephony_turn_of_somebody'),
        ),
    
        migrations.RunSQL(of_queues(KEPT.SQL), of_queues(KEPT.SQL)),
    ]
