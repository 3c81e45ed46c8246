"""The tables of units, people, roles, rosters and absences."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("staff", "0003_role_is_customised"),
        ("staff", "0004_regions"),
        ("staff", "0005_closed_units"),
        ("staff", "0006_notices"),
        ("staff", "0007_duty"),
        ("staff", "0010_absences"),
    ]
    dependencies = [("core", "0001_initial")]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='RightsVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.BigIntegerField(default=1)),
                    ],
                ),
                migrations.CreateModel(
                    name='Role',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField(unique=True)),
                        ('names', models.JSONField(default=dict)),
                        ('permissions', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('home', models.TextField(default='desk:workspace')),
                        ('is_customised', models.BooleanField(default=False)),
                    ],
                ),
                migrations.CreateModel(
                    name='Skill',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField(unique=True)),
                        ('names', models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name='Organisation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('company', 'Company'), ('branch', 'Branch'), ('department', 'Department'), ('team', 'Team'), ('sealed', 'Sealed')])),
                        ('code', models.TextField(unique=True)),
                        ('name', models.TextField()),
                        ('names', models.JSONField(default=dict)),
                        ('path', models.TextField(unique=True)),
                        ('timezone', models.TextField(default='Asia/Shanghai')),
                        ('currency', models.CharField(default='CNY', max_length=3)),
                        ('languages', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('region', models.TextField(default='')),
                        ('packs', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('phone', models.TextField(default='')),
                        ('areas', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('skills', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('is_active', models.BooleanField(default=True)),
                        ('parent', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='children', to='staff.organisation')),
                        ('closed_date', models.DateField(null=True)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['path'], name='staff_organisation_tree', opclasses=['text_pattern_ops']),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('kind', 'company'), ('parent__isnull', True)), ('parent__isnull', False), _connector='OR'), name='staff_organisation_root_is_company'),
                            models.CheckConstraint(condition=models.Q(('path__regex', '^(\\d+\\.)+$')), name='staff_organisation_path'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Staff',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('password', models.CharField(max_length=128, verbose_name='password')),
                        ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                        ('number', models.CharField(max_length=20, unique=True)),
                        ('name', models.TextField()),
                        ('title', models.TextField(default='')),
                        ('duties', models.TextField(default='')),
                        ('phone', models.TextField(default='')),
                        ('email', models.EmailField(blank=True, default='', max_length=254)),
                        ('photo_sha256', models.CharField(default='', max_length=64)),
                        ('language', models.TextField(default='')),
                        ('theme', models.TextField(choices=[('system', 'System'), ('light', 'Light'), ('dark', 'Dark')], default='system')),
                        ('single_keys', models.BooleanField(default=True)),
                        ('is_active', models.BooleanField(default=True)),
                        ('joined_date', models.DateField(null=True)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='staff', to='staff.organisation')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['organisation', 'is_active'], name='staff_by_unit'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Membership',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('is_lead', models.BooleanField(default=False)),
                        ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('staff', 'team'), name='staff_membership_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Assignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                        ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='staff.organisation')),
                        ('role', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='staff.role')),
                    ],
                    options={
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('staff', '='), ('role', '='), ('organisation', '='), ('valid', '&&')], name='staff_assignment_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='StaffSkill',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('level', models.SmallIntegerField()),
                        ('skill', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, to='staff.skill')),
                        ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='skills', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('staff', 'skill'), name='staff_skill_once'),
                            models.CheckConstraint(condition=models.Q(('level__range', (0, 5))), name='staff_skill_level'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Region',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('code', models.TextField(unique=True)),
                        ('name', models.TextField()),
                        ('names', models.JSONField(default=dict)),
                    ],
                ),
                migrations.CreateModel(
                    name='Notice',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField()),
                        ('once', models.TextField()),
                        ('subject_id', models.BigIntegerField()),
                        ('facts', models.JSONField(default=dict)),
                        ('created_at', models.DateTimeField()),
                        ('read_at', models.DateTimeField(null=True)),
                        ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['staff', '-id'], name='staff_notice_list'),
                            models.Index(condition=models.Q(('read_at__isnull', True)), fields=['staff', '-id'], name='staff_notice_unread'),
                            models.Index(fields=['created_at'], name='staff_notice_age'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('staff', 'kind', 'once'), name='staff_notice_once'),
                            models.CheckConstraint(condition=models.Q(('once', ''), _negated=True), name='staff_notice_names_itself'),
                        ],
                    },
                ),
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
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('unit', 'name'), name='staff_roster_once'),
                            models.CheckConstraint(condition=models.Q(('weeks__range', (1, 12))), name='staff_roster_weeks'),
                        ],
                    },
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
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('end__range', (0, 1440)), ('start__range', (0, 1439)), ('weekday__range', (0, 6))), name='staff_need_within_a_day'),
                        ],
                    },
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
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('roster', 'day', 'start'), name='staff_duty_change_once'),
                        ],
                    },
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
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('roster', 'week', 'weekday', 'start'), name='staff_shift_once'),
                            models.CheckConstraint(condition=models.Q(('end__range', (0, 1440)), ('start__range', (0, 1439)), ('weekday__range', (0, 6))), name='staff_shift_within_a_day'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='UnitBar',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bars', to='staff.organisation')),
                        ('staff', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('unit', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('unit__isnull', False), ('staff__isnull', False), _connector='XOR'), name='staff_bar_of_one'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Absence',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('days', django.contrib.postgres.fields.ranges.DateRangeField()),
                        ('kind', models.TextField(choices=[('leave', 'Leave'), ('sick', 'Sick Leave'), ('training', 'Training'), ('off_duty', 'Off Duty')])),
                        ('entered_at', models.DateTimeField()),
                        ('ended_at', models.DateTimeField(null=True)),
                        ('deputy', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('entered_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('staff', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='absences', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('deputy__isnull', True), models.Q(('deputy', models.F('staff')), _negated=True), _connector='OR'), name='staff_absence_other_deputy'),
                            models.CheckConstraint(condition=models.Q(('days__isempty', False), ('days__lower_inf', False), ('days__upper_inf', False)), name='staff_absence_has_days'),
                            django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('ended_at__isnull', True)), expressions=[('staff', '='), ('days', '&&')], name='staff_absence_once'),
                        ],
                    },
                ),
            ]
        ),
    ]
