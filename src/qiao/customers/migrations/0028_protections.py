"""Protections with evidence and expiry; the customers' `flags` follow them by triggers."""

import django.db.models.deletion
from django.db import migrations, models


# What was held without evidence is claimed: a year to bring it. What a merge chose to keep of it
# is not chosen any more: the protections of both records hold.
TAKEN_OVER = """
INSERT INTO customers_protection
       (customer_id, organisation_id, kind, reason, since, prove_by, review_date, due_date, stage,
        moves_on, claimed_at, certificate, issuer, end_reason)
SELECT c.id, coalesce((SELECT min(l.organisation_id) FROM customers_customerorganisation l
                        WHERE l.customer_id = c.id),
                      (SELECT min(o.id) FROM staff_organisation o)),
       f.kind, '', current_date, current_date + 365, current_date + 365, current_date + 365,
       'claimed', current_date + 365, now(), '', '', ''
  FROM customers_customer c, unnest(c.flags) AS f (kind)
 WHERE c.flags <> '{}';
UPDATE customers_merge m
   SET changes = coalesce((SELECT jsonb_agg(x ORDER BY n)
                             FROM jsonb_array_elements(m.changes) WITH ORDINALITY AS e (x, n)
                            WHERE x ->> 'field' <> 'flags'), '[]')
 WHERE m.undone_at IS NULL AND m.changes @> '[{"field": "flags"}]';
SET CONSTRAINTS ALL IMMEDIATE;
"""
SQL = """
-- Volatile: under READ COMMITTED it sees what others committed while a row lock was waited for.
CREATE FUNCTION customers_protected_as(one bigint) RETURNS text[] LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN coalesce((
        SELECT array_agg(k.kind ORDER BY array_position(ARRAY[
                   'hospital', 'life_support', 'elderly_alone', 'infant', 'disabled', 'welfare',
                   'school', 'public_safety', 'important'], k.kind))
          FROM (SELECT DISTINCT p.kind FROM customers_protection p
                 WHERE p.customer_id = ANY (customers_held_as(one)) AND p.ended_at IS NULL) AS k),
        '{}');
END $$;

CREATE FUNCTION customers_keep_flags(touched bigint[]) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    WITH RECURSIVE up (id) AS (
        SELECT unnest(touched)
        UNION
        SELECT c.merged_into_id FROM up JOIN customers_customer c ON c.id = up.id
    )
    SELECT array_agg(id) INTO ids FROM up WHERE id IS NOT NULL;
    PERFORM 1 FROM customers_customer WHERE id = ANY (ids) ORDER BY id FOR NO KEY UPDATE;
    UPDATE customers_customer c SET flags = customers_protected_as(c.id)
     WHERE c.id = ANY (ids) AND c.flags IS DISTINCT FROM customers_protected_as(c.id);
END $$;

CREATE FUNCTION customers_protection_changed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids bigint[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        SELECT array_agg(DISTINCT n.customer_id) INTO ids FROM new_rows n;
    ELSIF TG_OP = 'DELETE' THEN
        SELECT array_agg(DISTINCT o.customer_id) INTO ids FROM old_rows o;
    ELSE
        SELECT array_agg(DISTINCT x.id) INTO ids
          FROM new_rows n JOIN old_rows o ON o.id = n.id,
               LATERAL (VALUES (n.customer_id), (o.customer_id)) AS x (id)
         WHERE (n.customer_id, n.kind, n.ended_at IS NULL)
               IS DISTINCT FROM (o.customer_id, o.kind, o.ended_at IS NULL);
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM customers_keep_flags(ids);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER customers_protection_insert AFTER INSERT ON customers_protection
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION customers_protection_changed();
CREATE TRIGGER customers_protection_update AFTER UPDATE ON customers_protection
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION customers_protection_changed();
CREATE TRIGGER customers_protection_delete AFTER DELETE ON customers_protection
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION customers_protection_changed();

CREATE FUNCTION customers_flags_follow() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.flags := customers_protected_as(NEW.id);
    RETURN NEW;
END $$;
CREATE TRIGGER customers_customer_flags_follow BEFORE UPDATE OF flags ON customers_customer
FOR EACH ROW WHEN (NEW.flags IS DISTINCT FROM OLD.flags)
EXECUTE FUNCTION customers_flags_follow();

CREATE FUNCTION customers_flags_merge() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM customers_keep_flags(ARRAY[OLD.merged_into_id, NEW.merged_into_id]);
    RETURN NULL;
END $$;
CREATE TRIGGER customers_customer_flags_merge AFTER UPDATE OF merged_into_id ON customers_customer
FOR EACH ROW WHEN (NEW.merged_into_id IS DISTINCT FROM OLD.merged_into_id)
EXECUTE FUNCTION customers_flags_merge();

SELECT customers_keep_flags(array_agg(c.merged_into_id)) FROM customers_customer c
 WHERE c.merged_into_id IS NOT NULL;
"""
UNDO = """
DROP TRIGGER customers_customer_flags_merge ON customers_customer;
DROP TRIGGER customers_customer_flags_follow ON customers_customer;
DROP FUNCTION customers_protection_changed() CASCADE;
DROP FUNCTION customers_flags_merge();
DROP FUNCTION customers_flags_follow();
DROP FUNCTION customers_keep_flags(bigint[]);
DROP FUNCTION customers_protected_as(bigint);
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0027_holds'),
        ('staff', '0004_regions'),
    ]

    operations = [
        migrations.CreateModel(
            name='Protection',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('hospital', 'Hospital'), ('life_support', 'Life support at home'), ('elderly_alone', 'Elderly living alone'), ('infant', 'Infant at home'), ('disabled', 'Disabled'), ('welfare', 'Welfare household'), ('school', 'School'), ('public_safety', 'Fire and public safety'), ('important', 'Important user')])),
                ('reason', models.TextField(blank=True, default='')),
                ('since', models.DateField()),
                ('until', models.DateField(null=True)),
                ('grace_until', models.DateField(null=True)),
                ('prove_by', models.DateField()),
                ('review_date', models.DateField()),
                ('due_date', models.DateField()),
                ('stage', models.TextField(choices=[('claimed', 'Evidence awaited'), ('in_force', 'In force'), ('due', 'Due for review'), ('grace', 'Run out, in grace'), ('overdue', 'Grace is over'), ('ended', 'Ended')])),
                ('moves_on', models.DateField(null=True)),
                ('claimed_at', models.DateTimeField()),
                ('claimed_by_id', models.BigIntegerField(null=True)),
                ('confirmed_at', models.DateTimeField(null=True)),
                ('confirmed_by_id', models.BigIntegerField(null=True)),
                ('certificate', models.TextField(blank=True, default='')),
                ('issuer', models.TextField(blank=True, default='')),
                ('seen_date', models.DateField(null=True)),
                ('ended_at', models.DateTimeField(null=True)),
                ('ended_by_id', models.BigIntegerField(null=True)),
                ('end_reason', models.TextField(blank=True, default='')),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='protections', to='customers.customer')),
                ('document', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.document')),
                ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                ('premises', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='protections', to='customers.premises')),
            ],
        ),
        migrations.CreateModel(
            name='ProtectionStep',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('act', models.TextField(choices=[('confirmed', 'Confirmed with evidence'), ('extended', 'Extended'), ('reminded', 'Reminded the customer'), ('moved', 'The customer moved out'), ('came_due', 'Came onto the list'), ('asked', 'A second person was asked to end it'), ('kept', 'The second person kept it'), ('ended', 'Ended')])),
                ('at', models.DateTimeField()),
                ('by_id', models.BigIntegerField(null=True)),
                ('words', models.TextField(blank=True, default='')),
                ('until', models.DateField(null=True)),
                ('protection', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='steps', to='customers.protection')),
            ],
        ),
        migrations.AddIndex(
            model_name='protection',
            index=models.Index(fields=['customer'], name='customers_protection_of'),
        ),
        migrations.AddIndex(
            model_name='protection',
            index=models.Index(condition=models.Q(('premises__isnull', False)), fields=['premises'], name='customers_protection_at'),
        ),
        migrations.AddIndex(
            model_name='protection',
            index=models.Index(condition=models.Q(('stage__in', ['due', 'grace', 'overdue'])), fields=['due_date', 'id'], name='customers_protection_work'),
        ),
        migrations.AddIndex(
            model_name='protection',
            index=models.Index(condition=models.Q(('moves_on__isnull', False)), fields=['moves_on', 'id'], name='customers_protection_moves'),
        ),
        migrations.AddConstraint(
            model_name='protection',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['hospital', 'life_support', 'elderly_alone', 'infant', 'disabled', 'welfare', 'school', 'public_safety', 'important'])), name='customers_protection_kind'),
        ),
        migrations.AddConstraint(
            model_name='protection',
            constraint=models.CheckConstraint(condition=models.Q(('stage__in', ['claimed', 'in_force', 'due', 'grace', 'overdue', 'ended'])), name='customers_protection_stage'),
        ),
        migrations.AddConstraint(
            model_name='protection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('grace_until__isnull', True), ('until__isnull', True)), models.Q(('grace_until__gte', models.F('until')), ('until__gt', models.F('since'))), _connector='OR'), name='customers_protection_days'),
        ),
        migrations.AddConstraint(
            model_name='protection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('document__isnull', True), ('seen_date', None)), models.Q(('confirmed_at__isnull', False), ('seen_date__isnull', False), models.Q(('document__isnull', False), models.Q(('issuer', ''), _negated=True), _connector='OR')), _connector='OR'), name='customers_protection_proven'),
        ),
        migrations.AddConstraint(
            model_name='protection',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True), models.Q(('stage', 'ended'), _negated=True)), models.Q(('ended_at__isnull', False), ('moves_on', None), ('stage', 'ended'), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='customers_protection_ended_whole'),
        ),
        migrations.AddConstraint(
            model_name='protection',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('customer', 'kind', 'premises'), name='customers_protection_once', nulls_distinct=False),
        ),
        migrations.AddIndex(
            model_name='protectionstep',
            index=models.Index(fields=['protection', 'id'], name='customers_protectionstep_of'),
        ),
        migrations.RunSQL(TAKEN_OVER, migrations.RunSQL.noop),
        migrations.RunSQL(SQL, UNDO),
    ]
