"""A reading that was valid may be stopped by what is told later."""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # the journal is written meanwhile

    dependencies = [
        ('metering', '0006_readings_by_bill'),
    ]

    operations = [
        migrations.AlterField(
            model_name='readingchange',
            name='action',
            field=models.TextField(choices=[('accepted', 'Accepted'), ('edited', 'Changed'), ('reread', 'To be read again'), ('superseded', 'Replaced'), ('billed', 'Billed'), ('unbilled', 'Bill taken back'), ('stopped', 'Stopped: its intervals say otherwise')]),
        ),
        migrations.RemoveConstraint(model_name='readingchange', name='metering_change_action'),
        AddConstraintNotValid(
            model_name='readingchange',
            constraint=models.CheckConstraint(
                condition=models.Q(('action__in', ['accepted', 'edited', 'reread', 'superseded', 'billed', 'unbilled', 'stopped'])),
                name='metering_change_action',
            ),
        ),
        ValidateConstraint(model_name='readingchange', name='metering_change_action'),
    ]
