"""Surveys: designed, drawn, sent, answered; what was sent stays as it was."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = """
CREATE FUNCTION feedback_wave_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'what was sent of wave % is not changed', OLD.id
          USING ERRCODE = 'check_violation', CONSTRAINT = 'feedback_wave_frozen';
END $$;
CREATE TRIGGER feedback_wave_frozen BEFORE UPDATE ON feedback_surveywave FOR EACH ROW
    WHEN (OLD.sent_at IS NOT NULL
          AND (OLD.questions, OLD.names, OLD.intros, OLD.seed, OLD.size, OLD.sent_at)
              IS DISTINCT FROM
              (NEW.questions, NEW.names, NEW.intros, NEW.seed, NEW.size, NEW.sent_at))
    EXECUTE FUNCTION feedback_wave_frozen();
"""
UNDO = """
DROP TRIGGER feedback_wave_frozen ON feedback_surveywave;
DROP FUNCTION feedback_wave_frozen();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0010_defaults'),
        ('feedback', '0005_told_by_message'),
        ('staff', '0005_absence_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='SurveyStratum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('tier', models.TextField()),
                ('area', models.TextField(blank=True, default='')),
                ('population', models.IntegerField()),
                ('eligible', models.IntegerField()),
                ('drawn', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='Survey',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('names', models.JSONField()),
                ('intros', models.JSONField()),
                ('questions', models.JSONField(default=list)),
                ('next_key', models.SmallIntegerField(default=1)),
                ('answer_days', models.SmallIntegerField(default=21)),
                ('gap_days', models.SmallIntegerField(default=90)),
                ('every_months', models.SmallIntegerField(null=True)),
                ('state', models.TextField(choices=[('active', 'In use'), ('archived', 'Archived')], default='active')),
                ('created_at', models.DateTimeField()),
                ('version', models.IntegerField(default=1)),
                ('created_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('owner', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('segment', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.segment')),
            ],
        ),
        migrations.CreateModel(
            name='SurveyInvitation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.TextField(choices=[('drawn', 'Drawn'), ('sent', 'Invited'), ('skipped', 'Not reached')], default='drawn')),
                ('reason', models.TextField(blank=True, default='')),
                ('message_id', models.BigIntegerField(null=True)),
                ('token_hash', models.TextField(blank=True, default='')),
                ('sent_at', models.DateTimeField(null=True)),
                ('answered_at', models.DateTimeField(null=True)),
                ('changed_at', models.DateTimeField(null=True)),
                ('completed_at', models.DateTimeField(null=True)),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('stratum', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='feedback.surveystratum')),
            ],
        ),
        migrations.CreateModel(
            name='SurveyAnswer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('question', models.TextField()),
                ('value', models.SmallIntegerField(null=True)),
                ('importance', models.SmallIntegerField(null=True)),
                ('words', models.TextField(blank=True, default='')),
                ('at', models.DateTimeField()),
                ('invitation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='answers', to='feedback.surveyinvitation')),
            ],
        ),
        migrations.CreateModel(
            name='SurveyWave',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.SmallIntegerField()),
                ('names', models.JSONField()),
                ('intros', models.JSONField()),
                ('questions', models.JSONField()),
                ('gap_days', models.SmallIntegerField()),
                ('seed', models.BigIntegerField()),
                ('size', models.IntegerField()),
                ('drawn_count', models.IntegerField(default=0)),
                ('left_out', models.JSONField(default=dict)),
                ('drawn_at', models.DateTimeField()),
                ('page_url', models.TextField(blank=True, default='')),
                ('sent_at', models.DateTimeField(null=True)),
                ('queued_at', models.DateTimeField(null=True)),
                ('closes_at', models.DateTimeField(null=True)),
                ('drawn_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('segment', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.segment')),
                ('sent_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('survey', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='waves', to='feedback.survey')),
            ],
        ),
        migrations.AddField(
            model_name='surveystratum',
            name='wave',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='strata', to='feedback.surveywave'),
        ),
        migrations.AddField(
            model_name='surveyinvitation',
            name='wave',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='invitations', to='feedback.surveywave'),
        ),
        migrations.AddIndex(
            model_name='survey',
            index=models.Index(fields=['organisation', '-created_at', '-id'], name='feedback_survey_unit'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('answer_days__gte', 1), ('answer_days__lte', 180)), name='feedback_survey_days'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('gap_days__gte', 0), ('gap_days__lte', 1000)), name='feedback_survey_gap'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('every_months__isnull', True), models.Q(('every_months__gte', 1), ('every_months__lte', 60)), _connector='OR'), name='feedback_survey_every'),
        ),
        migrations.AddConstraint(
            model_name='survey',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['active', 'archived'])), name='feedback_survey_state'),
        ),
        migrations.AddConstraint(
            model_name='surveyanswer',
            constraint=models.UniqueConstraint(fields=('invitation', 'question'), name='feedback_surveyanswer_once'),
        ),
        migrations.AddConstraint(
            model_name='surveyanswer',
            constraint=models.CheckConstraint(condition=models.Q(('value__isnull', True), models.Q(('value__gte', 0), ('value__lte', 100)), _connector='OR'), name='feedback_surveyanswer_value'),
        ),
        migrations.AddConstraint(
            model_name='surveyanswer',
            constraint=models.CheckConstraint(condition=models.Q(('importance__isnull', True), models.Q(('importance__gte', 1), ('importance__lte', 5)), _connector='OR'), name='feedback_surveyanswer_importance'),
        ),
        migrations.AddConstraint(
            model_name='surveywave',
            constraint=models.UniqueConstraint(fields=('survey', 'number'), name='feedback_wave_once'),
        ),
        migrations.AddConstraint(
            model_name='surveywave',
            constraint=models.UniqueConstraint(condition=models.Q(('sent_at__isnull', True)), fields=('survey',), name='feedback_wave_one_draft'),
        ),
        migrations.AddConstraint(
            model_name='surveywave',
            constraint=models.CheckConstraint(condition=models.Q(('size__gte', 1)), name='feedback_wave_size'),
        ),
        migrations.AddConstraint(
            model_name='surveywave',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closes_at__isnull', True), ('queued_at__isnull', True), ('sent_at__isnull', True)), models.Q(('closes_at__gte', models.F('sent_at')), ('sent_at__isnull', False)), _connector='OR'), name='feedback_wave_sent_whole'),
        ),
        migrations.AddConstraint(
            model_name='surveystratum',
            constraint=models.UniqueConstraint(fields=('wave', 'tier', 'area'), name='feedback_stratum_once'),
        ),
        migrations.AddConstraint(
            model_name='surveystratum',
            constraint=models.CheckConstraint(condition=models.Q(('drawn__gte', 0), ('drawn__lte', models.F('eligible')), ('eligible__lte', models.F('population'))), name='feedback_stratum_counts'),
        ),
        migrations.AddIndex(
            model_name='surveyinvitation',
            index=models.Index(condition=models.Q(('state', 'drawn')), fields=['wave', 'id'], name='feedback_invitation_todo'),
        ),
        migrations.AddConstraint(
            model_name='surveyinvitation',
            constraint=models.UniqueConstraint(fields=('wave', 'customer'), name='feedback_invited_once'),
        ),
        migrations.AddConstraint(
            model_name='surveyinvitation',
            constraint=models.UniqueConstraint(condition=models.Q(('token_hash', ''), _negated=True), fields=('token_hash',), name='feedback_invitation_token'),
        ),
        migrations.AddConstraint(
            model_name='surveyinvitation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('sent_at__isnull', True), ('state', 'drawn')), models.Q(('sent_at__isnull', False), ('state', 'sent')), models.Q(('sent_at__isnull', True), ('state', 'skipped'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='feedback_invitation_whole'),
        ),
        migrations.AddConstraint(
            model_name='surveyinvitation',
            constraint=models.CheckConstraint(condition=models.Q(('answered_at__isnull', True), ('state', 'sent'), _connector='OR'), name='feedback_invitation_answered'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
