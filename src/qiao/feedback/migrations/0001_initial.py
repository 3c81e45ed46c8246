"""The tables of follow-ups, quality, improvements and suggestions."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("feedback", "0005_finished_in_order"),
        ("feedback", "0006_improvements"),
        ("feedback", "0007_quality"),
        ("feedback", "0008_suggestions"),
    ]
    dependencies = [
        ("cases", "0001_initial"),
        ("customers", "0001_initial"),
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='FollowUpCountChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.IntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='FollowUp',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('entered_seq', models.IntegerField()),
                        ('state', models.TextField(choices=[('open', 'To do'), ('reached', 'Confirmed'), ('unreached', 'Not reached'), ('cancelled', 'Cancelled')], default='open')),
                        ('due_at', models.DateTimeField(null=True)),
                        ('opened_at', models.DateTimeField()),
                        ('rating', models.TextField(blank=True, choices=[('very_satisfied', 'Very satisfied'), ('satisfied', 'Satisfied'), ('fairly_satisfied', 'Fairly satisfied'), ('not_satisfied', 'Not satisfied')], default='')),
                        ('resolved', models.BooleanField(null=True)),
                        ('words', models.TextField(blank=True, default='')),
                        ('attempt_count', models.SmallIntegerField(default=0)),
                        ('confirmed_at', models.DateTimeField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('finished_date', models.DateField(null=True)),
                        ('version', models.IntegerField(default=1)),
                        ('assigned_to', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                        ('confirmed_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['assigned_to', 'due_at', 'id'], name='feedback_open_by_person'),
                            models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['organisation', 'due_at', 'id'], name='feedback_open_by_unit'),
                            models.Index(condition=models.Q(('state__in', ['reached', 'unreached'])), fields=['-finished_at', '-id'], name='feedback_finished'),
                            models.Index(condition=models.Q(('state', 'reached')), fields=['rating', '-finished_at', '-id'], name='feedback_rated'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('case', 'entered_seq'), name='feedback_followup_once_a_visit'),
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('finished_date__isnull', True), ('state', 'open')), models.Q(('finished_at__isnull', False), ('finished_date__isnull', False), ('state__in', ['reached', 'unreached', 'cancelled'])), _connector='OR'), name='feedback_followup_finished_whole'),
                            models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', False), ('rating__in', ['very_satisfied', 'satisfied', 'fairly_satisfied', 'not_satisfied']), ('resolved__isnull', False), ('state', 'reached')), models.Q(models.Q(('state', 'reached'), _negated=True), ('confirmed_at__isnull', True), ('rating', '')), _connector='OR'), name='feedback_followup_confirmed_whole'),
                            models.CheckConstraint(condition=models.Q(('finished_at__isnull', True), ('finished_at__gte', models.F('opened_at')), _connector='OR'), name='feedback_followup_finished_after'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='FollowUpAttempt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.SmallIntegerField()),
                        ('at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('channel', models.TextField()),
                        ('outcome', models.TextField(choices=[('reached', 'Reached'), ('no_answer', 'No answer'), ('busy', 'Busy'), ('wrong_number', 'Wrong number'), ('refused', 'Did not want to talk')])),
                        ('note', models.TextField(blank=True, default='')),
                        ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('follow_up', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='attempts', to='feedback.followup')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('follow_up', 'seq'), name='feedback_attempt_once'),
                            models.CheckConstraint(condition=models.Q(('outcome__in', ['reached', 'no_answer', 'busy', 'wrong_number', 'refused'])), name='feedback_attempt_outcome'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='FollowUpCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.BigIntegerField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('organisation_id', 'view', 'day', 'holder'), name='feedback_count_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='FollowUpCountMonth',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('month', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.BigIntegerField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('organisation_id', 'view', 'month', 'holder'), name='feedback_count_month_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ImprovementRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('count', 'So many cases'), ('unusual', 'More than usual')])),
                        ('days', models.SmallIntegerField()),
                        ('least', models.IntegerField()),
                        ('false_alarm', models.IntegerField(null=True)),
                        ('valid_from', models.DateField()),
                        ('valid_until', models.DateField(null=True)),
                        ('cause', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.cause')),
                        ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('days__gte', 1), ('days__lte', 365), ('least__gte', 2)), name='feedback_rule_sizes'),
                            models.CheckConstraint(condition=models.Q(models.Q(('false_alarm__isnull', True), ('kind', 'count')), models.Q(('false_alarm__gte', 20), ('kind', 'unusual')), _connector='OR'), name='feedback_rule_whole'),
                            models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='feedback_rule_days'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Improvement',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(unique=True)),
                        ('title', models.TextField()),
                        ('finding', models.TextField()),
                        ('subject', models.TextField(blank=True, default='')),
                        ('state', models.TextField(choices=[('open', 'Finding'), ('acting', 'Action'), ('measuring', 'Re-measuring'), ('judged', 'Judged'), ('closed', 'Closed'), ('dropped', 'Given up')], default='open')),
                        ('due_date', models.DateField()),
                        ('opened_at', models.DateTimeField()),
                        ('before_from', models.DateField()),
                        ('before_to', models.DateField()),
                        ('before_count', models.IntegerField()),
                        ('before_base', models.IntegerField()),
                        ('effective_date', models.DateField(null=True)),
                        ('after_from', models.DateField(null=True)),
                        ('after_to', models.DateField(null=True)),
                        ('after_count', models.IntegerField(null=True)),
                        ('after_base', models.IntegerField(null=True)),
                        ('verdict', models.TextField(blank=True, choices=[('proved', 'Proved'), ('not_proved', 'Not proved'), ('worse', 'Worse')], default='')),
                        ('chance', models.FloatField(null=True)),
                        ('is_small', models.BooleanField(default=False)),
                        ('told_at', models.DateTimeField(null=True)),
                        ('lessons', models.TextField(blank=True, default='')),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('version', models.IntegerField(default=1)),
                        ('cause', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.cause')),
                        ('opened_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('rule', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.improvementrule')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['organisation', '-opened_at', '-id'], name='feedback_improvement_unit'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('finished_at__isnull', True)), fields=('cause', 'organisation'), name='feedback_improvement_one_open'),
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ['closed', 'dropped'])), models.Q(('finished_at__isnull', True), ('state__in', ['open', 'acting', 'measuring', 'judged'])), _connector='OR'), name='feedback_improvement_finished'),
                            models.CheckConstraint(condition=models.Q(('before_base__gte', 0), ('before_to__gte', models.F('before_from'))), name='feedback_improvement_before'),
                            models.CheckConstraint(condition=models.Q(models.Q(('after_count__isnull', True), ('verdict', '')), models.Q(('after_base__isnull', False), ('after_count__isnull', False), ('after_from__gt', models.F('before_to')), ('verdict__in', ['proved', 'not_proved', 'worse'])), _connector='OR'), name='feedback_improvement_judged'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ImprovementTold',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channel', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('case', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                        ('improvement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='told', to='feedback.improvement')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('improvement', 'case'), name='feedback_told_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ImprovementAction',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField()),
                        ('due_date', models.DateField()),
                        ('done_date', models.DateField(null=True)),
                        ('cost_minor', models.BigIntegerField(null=True)),
                        ('added_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('improvement', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='actions', to='feedback.improvement')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('cost_minor__isnull', True), ('cost_minor__gte', 0), _connector='OR'), name='feedback_action_cost'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ImprovementEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.SmallIntegerField()),
                        ('kind', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('data', models.JSONField(default=dict)),
                        ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('improvement', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='feedback.improvement')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('improvement', 'seq'), name='feedback_impevent_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ScoreCard',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField(unique=True)),
                        ('names', models.JSONField()),
                        ('subject', models.TextField()),
                        ('pack', models.TextField(blank=True, default='')),
                        ('is_active', models.BooleanField(default=True)),
                    ],
                ),
                migrations.CreateModel(
                    name='SamplePlan',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('title', models.TextField()),
                        ('basis', models.TextField(choices=[('person', 'So many of each person'), ('share', 'A share of all'), ('bad_rating', 'All with a bad rating'), ('reopened', 'All that were reopened'), ('complaints', 'All complaints')])),
                        ('amount', models.SmallIntegerField(null=True)),
                        ('kind_key', models.TextField(blank=True, default='')),
                        ('second_percent', models.SmallIntegerField(default=0)),
                        ('valid_from', models.DateField()),
                        ('valid_until', models.DateField(null=True)),
                        ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('team', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('card', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.scorecard')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('amount__gte', 1), ('amount__lte', 20), ('basis', 'person')), models.Q(('amount__gte', 1), ('amount__lte', 100), ('basis', 'share')), models.Q(('amount__isnull', True), ('basis__in', ['bad_rating', 'reopened', 'complaints'])), _connector='OR'), name='feedback_plan_amount'),
                            models.CheckConstraint(condition=models.Q(('second_percent__gte', 0), ('second_percent__lte', 100)), name='feedback_plan_second'),
                            models.CheckConstraint(condition=models.Q(('valid_until__isnull', True), ('valid_until__gte', models.F('valid_from')), _connector='OR'), name='feedback_plan_days'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SampleDraw',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('week', models.DateField()),
                        ('seed', models.BigIntegerField()),
                        ('at', models.DateTimeField()),
                        ('pool', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('drawn', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('unjudged', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ('plan', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='feedback.sampleplan')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('plan', 'week'), name='feedback_draw_once_a_week'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ScoreCardVersion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.IntegerField()),
                        ('content', models.JSONField()),
                        ('edition', models.IntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('published_at', models.DateTimeField(null=True)),
                        ('card', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='feedback.scorecard')),
                        ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('published_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('card', 'number'), name='feedback_cardversion_once'),
                            models.UniqueConstraint(condition=models.Q(('published_at__isnull', True)), fields=('card',), name='feedback_cardversion_one_draft'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Evaluation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('subject_kind', models.TextField()),
                        ('subject_id', models.BigIntegerField()),
                        ('number', models.TextField()),
                        ('kind_key', models.TextField(blank=True, default='')),
                        ('state', models.TextField(choices=[('open', 'To do'), ('done', 'Finished'), ('released', 'Released'), ('seen', 'Acknowledged'), ('appealed', 'Under appeal'), ('decided', 'Appeal decided'), ('dropped', 'Given up')], default='open')),
                        ('created_at', models.DateTimeField()),
                        ('due_date', models.DateField()),
                        ('draft', models.JSONField(default=dict)),
                        ('comment', models.TextField(blank=True, default='')),
                        ('score', models.FloatField(null=True)),
                        ('first_score', models.FloatField(null=True)),
                        ('is_fatal', models.BooleanField(default=False)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('finished_date', models.DateField(null=True)),
                        ('released_at', models.DateTimeField(null=True)),
                        ('seen_at', models.DateTimeField(null=True)),
                        ('appeal_until', models.DateField(null=True)),
                        ('version', models.IntegerField(default=1)),
                        ('evaluator', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('second_of', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='second', to='feedback.evaluation')),
                        ('team', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('drawn_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='evaluations', to='feedback.sampledraw')),
                        ('version_of_card', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='feedback.scorecardversion')),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('finished_at__isnull', True)), fields=['evaluator', 'due_date', 'id'], name='feedback_evaluation_to_do'),
                            models.Index(fields=['organisation', 'finished_date', 'id'], name='feedback_evaluation_unit'),
                            models.Index(fields=['person', 'finished_date', 'id'], name='feedback_evaluation_person'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('second_of__isnull', True), models.Q(('state', 'dropped'), _negated=True)), fields=('subject_kind', 'subject_id'), name='feedback_evaluation_once'),
                            models.CheckConstraint(condition=models.Q(('evaluator', models.F('person')), _negated=True), name='feedback_evaluation_not_oneself'),
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('score__isnull', True), ('state__in', ['open', 'dropped'])), models.Q(('finished_at__isnull', False), ('finished_date__isnull', False), ('state__in', ['done', 'released', 'seen', 'appealed', 'decided'])), _connector='OR'), name='feedback_evaluation_finished'),
                            models.CheckConstraint(condition=models.Q(('score__isnull', True), models.Q(('score__gte', 0), ('score__lte', 100)), _connector='OR'), name='feedback_evaluation_score'),
                            models.CheckConstraint(condition=models.Q(('second_of__isnull', True), ('released_at__isnull', True), _connector='OR'), name='feedback_evaluation_second_stays'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Coaching',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('question', models.TextField(blank=True, default='')),
                        ('topic', models.TextField()),
                        ('plan', models.TextField(blank=True, default='')),
                        ('opened_at', models.DateTimeField()),
                        ('opened_date', models.DateField()),
                        ('due_date', models.DateField()),
                        ('done_date', models.DateField(null=True)),
                        ('result', models.TextField(blank=True, default='')),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('person', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('evaluation', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='coachings', to='feedback.evaluation')),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('done_date__isnull', True)), fields=['organisation', 'due_date', 'id'], name='feedback_coaching_open'),
                            models.Index(fields=['person', '-id'], name='feedback_coaching_person'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('owner', models.F('person')), _negated=True), name='feedback_coaching_not_oneself'),
                            models.CheckConstraint(condition=models.Q(('done_date__isnull', True), ('done_date__gte', models.F('opened_date')), _connector='OR'), name='feedback_coaching_days'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Appeal',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('opened_at', models.DateTimeField()),
                        ('due_date', models.DateField()),
                        ('points', models.JSONField()),
                        ('score_before', models.FloatField(null=True)),
                        ('score_after', models.FloatField(null=True)),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('decided_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('evaluation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='appeal', to='feedback.evaluation')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', True), ('decided_by__isnull', True)), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False)), _connector='OR'), name='feedback_appeal_decided'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='EvaluationAnswer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('question', models.TextField()),
                        ('value', models.TextField()),
                        ('first_value', models.TextField(blank=True, default='')),
                        ('comment', models.TextField(blank=True, default='')),
                        ('entry_seq', models.IntegerField(null=True)),
                        ('failed', models.BooleanField(default=False)),
                        ('evaluation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='feedback.evaluation')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('evaluation', 'question'), name='feedback_answer_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='EvaluationEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.SmallIntegerField()),
                        ('kind', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('data', models.JSONField(default=dict)),
                        ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('evaluation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='feedback.evaluation')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('evaluation', 'seq'), name='feedback_evalevent_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SuggestionCountChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.BigIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='Suggestion',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(unique=True)),
                        ('source', models.TextField(choices=[('case', 'Case'), ('book', 'Visitors’ book'), ('card', 'Suggestion card'), ('page', 'Public page')])),
                        ('category', models.TextField(choices=[('service', 'Counters and hotline'), ('online', 'Web and phone'), ('bill', 'Bills and payment'), ('supply', 'Supply and quality'), ('works', 'Works and repairs'), ('other', 'Other')], default='other')),
                        ('language', models.TextField()),
                        ('title', models.TextField()),
                        ('text', models.TextField()),
                        ('public_title', models.TextField(blank=True, default='')),
                        ('public_text', models.TextField(blank=True, default='')),
                        ('contact_name', models.TextField(blank=True, default='')),
                        ('contact_phone', models.TextField(blank=True, default='')),
                        ('contact_email', models.TextField(blank=True, default='')),
                        ('state', models.TextField(choices=[('received', 'Received'), ('examined', 'Being examined'), ('planned', 'Planned'), ('done', 'Done'), ('declined', 'Declined'), ('answered', 'Answered')], default='received')),
                        ('screening', models.TextField(choices=[('waiting', 'To be screened'), ('public', 'Public'), ('private', 'Not public'), ('spam', 'Not a suggestion')], default='waiting')),
                        ('target_date', models.DateField(null=True)),
                        ('received_at', models.DateTimeField()),
                        ('received_date', models.DateField()),
                        ('answered_at', models.DateTimeField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('votes', models.IntegerField(default=0)),
                        ('folded', models.TextField(blank=True, default='')),
                        ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('public_folded', models.TextField(blank=True, default='')),
                        ('version', models.IntegerField(default=1)),
                        ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='cases.case')),
                        ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                        ('joined_into', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='joined', to='feedback.suggestion')),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('owner', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('received_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['organisation', '-received_at', '-id'], name='feedback_suggestion_unit'),
                            models.Index(condition=models.Q(('joined_into__isnull', True), ('screening', 'public')), fields=['-votes', '-id'], name='feedback_suggestion_wanted'),
                            models.Index(condition=models.Q(('screening', 'waiting')), fields=['received_at'], name='feedback_suggestion_screen'),
                            django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['grams'], name='feedback_suggestion_grams'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('case__isnull', False)), fields=('case',), name='feedback_suggestion_of_case'),
                            models.CheckConstraint(condition=models.Q(('joined_into__isnull', True), models.Q(('joined_into', models.F('id')), _negated=True), _connector='OR'), name='feedback_suggestion_not_itself'),
                            models.CheckConstraint(condition=models.Q(models.Q(('screening', 'public'), _negated=True), models.Q(('public_title', ''), _negated=True), _connector='OR'), name='feedback_suggestion_passed'),
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', False), ('state__in', ('done', 'declined', 'answered'))), models.Q(models.Q(('state__in', ('done', 'declined', 'answered')), _negated=True), ('finished_at__isnull', True)), _connector='OR'), name='feedback_suggestion_finished'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SuggestionAnswer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField()),
                        ('is_public', models.BooleanField()),
                        ('outcome', models.TextField(choices=[('received', 'Received'), ('examined', 'Being examined'), ('planned', 'Planned'), ('done', 'Done'), ('declined', 'Declined'), ('answered', 'Answered')])),
                        ('state', models.TextField(choices=[('pending', 'Waits for a second person'), ('given', 'Given'), ('refused', 'Not agreed to')])),
                        ('written_at', models.DateTimeField()),
                        ('given_at', models.DateTimeField(null=True)),
                        ('told_count', models.IntegerField(default=0)),
                        ('suggestion', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='feedback.suggestion')),
                        ('written_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('state', 'pending')), fields=('suggestion',), name='feedback_answer_one_pending'),
                            models.CheckConstraint(condition=models.Q(models.Q(('given_at__isnull', False), ('state', 'given')), models.Q(('given_at__isnull', True), ('state__in', ['pending', 'refused'])), _connector='OR'), name='feedback_answer_given'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SuggestionCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('organisation_id', models.BigIntegerField()),
                        ('day', models.DateField()),
                        ('view', models.TextField()),
                        ('holder', models.TextField()),
                        ('n', models.BigIntegerField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('organisation_id', 'view', 'day', 'holder'), name='feedback_suggestioncount_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SuggestionEvent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('seq', models.SmallIntegerField()),
                        ('kind', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('data', models.JSONField(default=dict)),
                        ('actor', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('suggestion', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='events', to='feedback.suggestion')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('suggestion', 'seq'), name='feedback_sugevent_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SuggestionFollower',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('email', models.TextField()),
                        ('language', models.TextField()),
                        ('page_url', models.TextField()),
                        ('asked_at', models.DateTimeField()),
                        ('confirmed_at', models.DateTimeField(null=True)),
                        ('suggestion', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='own_followers', to='feedback.suggestion')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(models.F('suggestion'), django.db.models.functions.text.Lower('email'), name='feedback_follower_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SuggestionVote',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('voter', models.TextField()),
                        ('at', models.DateTimeField()),
                        ('customer', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                        ('suggestion', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='own_votes', to='feedback.suggestion')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('suggestion', 'voter'), name='feedback_vote_once'),
                        ],
                    },
                ),
            ]
        ),
    ]
