"""The tables of planning: groups, shifts, weeks of rosters, wishes, pulse, certificates."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
import qiao.core.tables
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('staff', '0005_absence_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        qiao.core.tables.CreateTables(
            models=[
                migrations.CreateModel(
                    name='PlanningGroup',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('names', models.JSONField(default=dict)),
                        ('timezone', models.TextField(default='Asia/Shanghai')),
                        ('queues', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('calendar', models.TextField(blank=True, default='')),
                        ('day_start', models.SmallIntegerField(default=480)),
                        ('day_end', models.SmallIntegerField(default=1200)),
                        ('least_by_day', models.SmallIntegerField(default=1)),
                        ('least_by_night', models.SmallIntegerField(default=0)),
                        ('patience_seconds', models.IntegerField(default=120)),
                        ('is_active', models.BooleanField(default=True)),
                        ('calls_of', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('unit', 'name'), name='workforce_group_once'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='workforce_group_named'), models.CheckConstraint(condition=models.Q(('day_end__gt', models.F('day_start')), ('day_end__lte', 1440), ('day_start__gte', 0)), name='workforce_group_day'), models.CheckConstraint(condition=models.Q(('least_by_day__range', (0, 500)), ('least_by_night__range', (0, 500)), ('patience_seconds__range', (5, 3600))), name='workforce_group_figures')],
                    },
                ),
                migrations.CreateModel(
                    name='GroupTeam',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('team', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='teams', to='workforce.planninggroup')),
                    ],
                ),
                migrations.CreateModel(
                    name='PulseCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('mood', models.SmallIntegerField()),
                        ('n', models.IntegerField(default=0)),
                        ('team', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('team', 'day', 'mood'), name='workforce_pulse_count_once'), models.CheckConstraint(condition=models.Q(('mood__range', (1, 5)), ('n__gte', 0)), name='workforce_pulse_mood')],
                    },
                ),
                migrations.CreateModel(
                    name='PulseGiven',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('staff', 'day'), name='workforce_pulse_once')],
                    },
                ),
                migrations.CreateModel(
                    name='RosterWeek',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('monday', models.DateField()),
                        ('state', models.TextField(choices=[('draft', 'Draft'), ('published', 'Published')], default='draft')),
                        ('solving', models.TextField(blank=True, choices=[('', 'Nothing runs'), ('waiting', 'Waits for its turn'), ('running', 'Is being planned'), ('failed', 'Could not be planned')], default='')),
                        ('demand', models.JSONField(default=dict)),
                        ('version', models.IntegerField(default=1)),
                        ('solved_at', models.DateTimeField(null=True)),
                        ('is_best', models.BooleanField(default=False)),
                        ('off_by', models.FloatField(default=0)),
                        ('seconds', models.FloatField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('published_at', models.DateTimeField(null=True)),
                        ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='weeks', to='workforce.planninggroup')),
                        ('published_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('group', 'monday'), name='workforce_week_once'), models.CheckConstraint(condition=models.Q(('monday__iso_week_day', 1)), name='workforce_week_begins_on_monday'), models.CheckConstraint(condition=models.Q(models.Q(('published_at__isnull', True), ('state', 'draft')), models.Q(('published_at__isnull', False), ('state', 'published')), _connector='OR'), name='workforce_week_published')],
                    },
                ),
                migrations.CreateModel(
                    name='ShiftKind',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('names', models.JSONField(default=dict)),
                        ('begins', models.SmallIntegerField()),
                        ('ends', models.SmallIntegerField()),
                        ('breaks', models.JSONField(default=list)),
                        ('is_night', models.BooleanField(default=False)),
                        ('is_active', models.BooleanField(default=True)),
                        ('group', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shifts', to='workforce.planninggroup')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['group', 'begins'], name='workforce_shifts')],
                        'constraints': [models.UniqueConstraint(condition=models.Q(('is_active', True)), fields=('group', 'name'), name='workforce_shift_once'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), ('begins__range', (0, 1439)), ('ends__gt', models.F('begins')), ('ends__lte', django.db.models.expressions.CombinedExpression(models.F('begins'), '+', models.Value(1440)))), name='workforce_shift_span')],
                    },
                ),
                migrations.CreateModel(
                    name='RosterCell',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('is_pinned', models.BooleanField(default=False)),
                        ('by_hand', models.BooleanField(default=False)),
                        ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('week', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='cells', to='workforce.rosterweek')),
                        ('shift', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workforce.shiftkind')),
                    ],
                    options={
                        'indexes': [models.Index(fields=['staff', 'day'], name='workforce_cells_of_person')],
                        'constraints': [models.UniqueConstraint(fields=('week', 'staff', 'day'), name='workforce_cell_once'), models.CheckConstraint(condition=models.Q(('shift__isnull', False), ('is_pinned', True), _connector='OR'), name='workforce_cell_says_something')],
                    },
                ),
                migrations.CreateModel(
                    name='ShiftWish',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('made_at', models.DateTimeField()),
                        ('shift', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='workforce.shiftkind')),
                        ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [models.UniqueConstraint(fields=('staff', 'day'), name='workforce_wish_once')],
                    },
                ),
                migrations.CreateModel(
                    name='Certificate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('issued', models.DateField()),
                        ('expires', models.DateField(null=True)),
                        ('entered_at', models.DateTimeField()),
                        ('entered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [models.Index(fields=['staff', 'expires'], name='workforce_certificates')],
                        'constraints': [models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='workforce_certificate_named'), models.CheckConstraint(condition=models.Q(('expires__isnull', True), ('expires__gt', models.F('issued')), _connector='OR'), name='workforce_certificate_days')],
                    },
                ),
            ],
        ),
    ]
