"""The duty roster of units."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('staff', '0006_notices'),
    ]

    operations = [
        migrations.CreateModel(
            name='DutyRoster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('timezone', models.TextField(default='Asia/Shanghai')),
                ('weeks', models.SmallIntegerField(default=1)),
                ('anchor', models.DateField()),
                ('is_active', models.BooleanField(default=True)),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='DutyNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.SmallIntegerField()),
                ('start', models.SmallIntegerField()),
                ('end', models.SmallIntegerField()),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='needs', to='staff.dutyroster')),
            ],
        ),
        migrations.CreateModel(
            name='DutyChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField()),
                ('start', models.SmallIntegerField()),
                ('reason', models.TextField()),
                ('changed_at', models.DateTimeField()),
                ('changed_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='staff.dutyroster')),
            ],
        ),
        migrations.CreateModel(
            name='DutyShift',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('week', models.SmallIntegerField()),
                ('weekday', models.SmallIntegerField()),
                ('start', models.SmallIntegerField()),
                ('end', models.SmallIntegerField()),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='staff.dutyroster')),
                ('staff', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddConstraint(
            model_name='dutyroster',
            constraint=models.UniqueConstraint(fields=('unit', 'name'), name='staff_roster_once'),
        ),
        migrations.AddConstraint(
            model_name='dutyroster',
            constraint=models.CheckConstraint(condition=models.Q(('weeks__range', (1, 12))), name='staff_roster_weeks'),
        ),
        migrations.AddConstraint(
            model_name='dutyneed',
            constraint=models.CheckConstraint(condition=models.Q(('end__range', (0, 1440)), ('start__range', (0, 1439)), ('weekday__range', (0, 6))), name='staff_need_within_a_day'),
        ),
        migrations.AddConstraint(
            model_name='dutychange',
            constraint=models.UniqueConstraint(fields=('roster', 'day', 'start'), name='staff_duty_change_once'),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=models.UniqueConstraint(fields=('roster', 'week', 'weekday', 'start'), name='staff_shift_once'),
        ),
        migrations.AddConstraint(
            model_name='dutyshift',
            constraint=models.CheckConstraint(condition=models.Q(('end__range', (0, 1440)), ('start__range', (0, 1439)), ('weekday__range', (0, 6))), name='staff_shift_within_a_day'),
        ),
    ]
