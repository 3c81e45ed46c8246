"""Lists of people to call, and kept counts of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


LINES = "SELECT t.call_list_id, t.state, t.why, {sign} AS n FROM {rows} t"


def changes(*lines):
    return f"""
    INSERT INTO telephony_calllistcountchange (call_list_id, state, why, n)
    SELECT call_list_id, state, why, sum(n) FROM ({' UNION ALL '.join(lines)}) AS c
     GROUP BY 1, 2, 3 HAVING sum(n) <> 0;"""


NEW, OLD = LINES.format(sign="1", rows="new_rows"), LINES.format(sign="-1", rows="old_rows")
SQL = f"""
CREATE FUNCTION telephony_list_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {changes(NEW)}
    RETURN NULL;
END $$;
CREATE FUNCTION telephony_list_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {changes(NEW, OLD)}
    RETURN NULL;
END $$;
CREATE FUNCTION telephony_list_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN {changes(OLD)}
    RETURN NULL;
END $$;
CREATE TRIGGER telephony_list_insert AFTER INSERT ON telephony_calllistentry
    REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION telephony_list_insert();
CREATE TRIGGER telephony_list_update AFTER UPDATE ON telephony_calllistentry
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT
    EXECUTE FUNCTION telephony_list_update();
CREATE TRIGGER telephony_list_delete AFTER DELETE ON telephony_calllistentry
    REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT
    EXECUTE FUNCTION telephony_list_delete();

-- Folds changes into the counts; one statement, so that no reader sees a row twice or not at all.
CREATE FUNCTION telephony_fold_lists() RETURNS bigint LANGUAGE sql AS $$
    WITH taken AS (
        DELETE FROM telephony_calllistcountchange RETURNING call_list_id, state, why, n
    ), folded AS (
        INSERT INTO telephony_calllistcount AS kept (call_list_id, state, why, n)
        SELECT call_list_id, state, why, sum(n) FROM taken
         GROUP BY 1, 2, 3 HAVING sum(n) <> 0
         ORDER BY 1, 2, 3
        ON CONFLICT (call_list_id, state, why) DO UPDATE SET n = kept.n + EXCLUDED.n
        RETURNING 1
    )
    SELECT count(*) FROM taken
$$;
"""
UNDO = """
DROP FUNCTION telephony_fold_lists();
DROP FUNCTION telephony_list_insert() CASCADE;
DROP FUNCTION telephony_list_update() CASCADE;
DROP FUNCTION telephony_list_delete() CASCADE;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0010_defaults'),
        ('staff', '0005_absence_words'),
        ('telephony', '0010_calls_out'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CallListCountChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call_list_id', models.BigIntegerField(db_index=True)),
                ('state', models.TextField()),
                ('why', models.TextField()),
                ('n', models.IntegerField()),
            ],
        ),
        migrations.CreateModel(
            name='CallList',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField()),
                ('state', models.TextField(choices=[('draft', 'Being made'), ('running', 'Runs'), ('paused', 'Paused'), ('closed', 'Closed')], default='draft')),
                ('mode', models.TextField(choices=[('preview', 'Preview: the agent looks, then calls'), ('progressive', 'Progressive: the next is called as soon as the agent is ready')], default='preview')),
                ('purpose', models.TextField(choices=[('service', 'Service'), ('survey', 'Survey'), ('marketing', 'Offer')], default='service')),
                ('source', models.TextField(blank=True, db_collation='C', default='')),
                ('script', models.TextField(blank=True, default='')),
                ('codes', models.JSONField()),
                ('most_tries', models.SmallIntegerField(default=3)),
                ('wait_minutes', models.IntegerField(default=120)),
                ('busy_minutes', models.IntegerField(default=15)),
                ('begins', models.TimeField()),
                ('ends', models.TimeField()),
                ('quiet_days', models.SmallIntegerField(default=30)),
                ('created_at', models.DateTimeField()),
                ('begun_at', models.DateTimeField(null=True)),
                ('closed_at', models.DateTimeField(null=True)),
                ('created_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('segment', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.segment')),
            ],
        ),
        migrations.CreateModel(
            name='CallListCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('call_list_id', models.BigIntegerField()),
                ('state', models.TextField()),
                ('why', models.TextField()),
                ('n', models.BigIntegerField()),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('call_list_id', 'state', 'why'), name='telephony_list_count_once')],
            },
        ),
        migrations.CreateModel(
            name='CallListEntry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.BigIntegerField(null=True)),
                ('what', models.TextField(blank=True, default='')),
                ('state', models.TextField(choices=[('waiting', 'To be called'), ('taken', 'At an agent'), ('done', 'Done'), ('skipped', 'Left out')], default='waiting')),
                ('why', models.TextField(blank=True, default='')),
                ('tries', models.SmallIntegerField(default=0)),
                ('next_at', models.DateTimeField()),
                ('is_promised', models.BooleanField(default=False)),
                ('taken_at', models.DateTimeField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('call', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='telephony.call')),
                ('call_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='entries', to='telephony.calllist')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('taken_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.CreateModel(
            name='CallListTry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('result', models.TextField()),
                ('kind', models.TextField()),
                ('note', models.TextField(blank=True, default='')),
                ('is_by_end', models.BooleanField(default=False)),
                ('call', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='telephony.call')),
                ('call_list', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='telephony.calllist')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                ('entry', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='made', to='telephony.calllistentry')),
                ('staff', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
        ),
        migrations.AddIndex(
            model_name='calllist',
            index=models.Index(fields=['organisation', 'state'], name='telephony_lists_of_unit'),
        ),
        migrations.AddConstraint(
            model_name='calllist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('segment__isnull', False), ('source', '')), models.Q(('segment__isnull', True), models.Q(('source', ''), _negated=True)), _connector='OR'), name='telephony_calllist_of_one'),
        ),
        migrations.AddConstraint(
            model_name='calllist',
            constraint=models.CheckConstraint(condition=models.Q(('busy_minutes__range', (1, 10080)), ('most_tries__range', (1, 10)), ('quiet_days__range', (0, 365)), ('wait_minutes__range', (1, 10080)), ('begins__lt', models.F('ends'))), name='telephony_calllist_terms'),
        ),
        migrations.AddConstraint(
            model_name='calllist',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('begun_at__isnull', True), ('state', 'draft')), models.Q(('begun_at__isnull', False), ('state__in', ['running', 'paused', 'closed'])), models.Q(('begun_at__isnull', True), ('state', 'closed')), _connector='OR'), name='telephony_calllist_begun'),
        ),
        migrations.AddIndex(
            model_name='calllistentry',
            index=models.Index(models.F('call_list'), models.OrderBy(models.F('is_promised'), descending=True), models.F('next_at'), models.F('id'), condition=models.Q(('state__in', ['waiting', 'taken'])), name='telephony_entries_to_call'),
        ),
        migrations.AddIndex(
            model_name='calllistentry',
            index=models.Index(condition=models.Q(('state', 'taken')), fields=['taken_by'], name='telephony_entries_taken'),
        ),
        migrations.AddConstraint(
            model_name='calllistentry',
            constraint=models.UniqueConstraint(fields=('call_list', 'customer'), name='telephony_entry_of_list_once'),
        ),
        migrations.AddConstraint(
            model_name='calllistentry',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state', 'taken'), ('taken_at__isnull', False), ('taken_by__isnull', False)), models.Q(models.Q(('state', 'taken'), _negated=True), ('taken_at__isnull', True), ('taken_by__isnull', True)), _connector='OR'), name='telephony_entry_taken'),
        ),
        migrations.AddIndex(
            model_name='calllisttry',
            index=models.Index(fields=['customer', 'at'], name='telephony_tries_of_person'),
        ),
        migrations.AddIndex(
            model_name='calllisttry',
            index=models.Index(fields=['call_list', 'at', 'id'], name='telephony_tries_of_list'),
        ),
        migrations.AddConstraint(
            model_name='calllisttry',
            constraint=models.UniqueConstraint(condition=models.Q(('call__isnull', False)), fields=('call',), name='telephony_try_of_call'),
        ),
        migrations.AddConstraint(
            model_name='calllisttry',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reached', 'not_reached', 'refused', 'wrong_number'])), name='telephony_try_kind'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
