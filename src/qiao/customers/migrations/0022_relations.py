"""Households, company groups, contact persons, acting for others; a group is whole or refused.

Whoever writes to a group, by whatever code or console, queues at the row of the group, so that the
checks before the commit see every change before. A group has a handful of members.
"""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

SQL = """
CREATE FUNCTION customers_group_queue() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.group_id <> OLD.group_id THEN
        RAISE EXCEPTION 'a stay belongs to one group'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'customers_member_stays';
    END IF;
    IF TG_OP = 'DELETE' THEN
        PERFORM 1 FROM customers_customergroup g WHERE g.id = OLD.group_id FOR NO KEY UPDATE;
        RETURN OLD;
    END IF;
    PERFORM 1 FROM customers_customergroup g WHERE g.id = NEW.group_id FOR NO KEY UPDATE;
    RETURN NEW;
END $$;

CREATE TRIGGER customers_member_queue BEFORE INSERT OR UPDATE OR DELETE ON customers_groupmember
FOR EACH ROW EXECUTE FUNCTION customers_group_queue();

CREATE FUNCTION customers_group_fault(one bigint) RETURNS text
LANGUAGE sql STABLE AS $$
    WITH RECURSIVE whole AS (
        SELECT g.kind, g.period FROM customers_customergroup g WHERE g.id = one
    ), stays AS (
        SELECT m.customer_id, range_agg(m.period) AS days
          FROM customers_groupmember m WHERE m.group_id = one GROUP BY m.customer_id
    ), up (start_id, at_id, period) AS (
        SELECT m.customer_id, m.under_id, m.period FROM customers_groupmember m
         WHERE m.group_id = one AND m.under_id IS NOT NULL
        UNION
        SELECT up.start_id, m.under_id, up.period * m.period
          FROM up JOIN customers_groupmember m
            ON m.group_id = one AND m.customer_id = up.at_id AND m.period && up.period
         WHERE m.under_id IS NOT NULL AND up.at_id <> up.start_id
    )
    SELECT CASE
        WHEN (SELECT range_agg(m.period) FROM customers_groupmember m
               WHERE m.group_id = one AND m.role = 'head')
             IS DISTINCT FROM datemultirange(whole.period) THEN 'customers_group_headed'
        WHEN EXISTS (SELECT 1 FROM customers_groupmember m
                      WHERE m.group_id = one AND NOT m.period <@ whole.period)
            THEN 'customers_group_days'
        WHEN EXISTS (SELECT 1 FROM customers_groupmember m
                      WHERE m.group_id = one AND m.role = 'member'
                        AND (m.under_id IS NULL) <> (whole.kind = 'household'))
            THEN 'customers_group_tree'
        WHEN EXISTS (SELECT 1 FROM customers_groupmember m
                       LEFT JOIN stays ON stays.customer_id = m.under_id
                      WHERE m.group_id = one AND m.under_id IS NOT NULL
                        AND (m.period <@ stays.days) IS NOT TRUE)
            THEN 'customers_group_tree'
        WHEN EXISTS (SELECT 1 FROM up WHERE up.at_id = up.start_id)
            THEN 'customers_group_no_circle'
        END FROM whole
$$;

CREATE FUNCTION customers_group_whole() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    one bigint;
    fault text;
BEGIN
    IF TG_OP = 'DELETE' THEN
        one := (to_jsonb(OLD) ->> TG_ARGV[0])::bigint;
    ELSE
        one := (to_jsonb(NEW) ->> TG_ARGV[0])::bigint;
    END IF;
    fault := customers_group_fault(one);
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'group % is not whole: %', one, fault
            USING ERRCODE = 'check_violation', CONSTRAINT = fault;
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER customers_member_whole
AFTER INSERT OR UPDATE OR DELETE ON customers_groupmember DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION customers_group_whole('group_id');

CREATE CONSTRAINT TRIGGER customers_group_whole
AFTER INSERT OR UPDATE OF period, kind ON customers_customergroup DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION customers_group_whole('id');
"""
UNDO = """
DROP TRIGGER customers_group_whole ON customers_customergroup;
DROP TRIGGER customers_member_whole ON customers_groupmember;
DROP FUNCTION customers_group_whole();
DROP FUNCTION customers_group_fault(bigint);
DROP TRIGGER customers_member_queue ON customers_groupmember;
DROP FUNCTION customers_group_queue();
"""


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0021_moves'),
        ('staff', '0004_regions'),
    ]

    operations = [
        migrations.CreateModel(
            name='CustomerGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.TextField(db_collation='C')),
                ('kind', models.TextField(choices=[('household', 'Household'), ('company', 'Company group')])),
                ('name', models.TextField(blank=True, default='')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('note', models.TextField(blank=True, default='')),
                ('search', models.TextField(blank=True, db_collation='C', default='')),
                ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('made_at', models.DateTimeField()),
                ('made_by_id', models.BigIntegerField(null=True)),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
            ],
        ),
        migrations.CreateModel(
            name='GroupMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.TextField(choices=[('head', 'Head'), ('member', 'Member')])),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='memberships', to='customers.customer')),
                ('group', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='customers.customergroup')),
                ('under', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
            ],
        ),
        migrations.CreateModel(
            name='Acting',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('basis', models.TextField(choices=[('parent', 'As parent'), ('carer', 'As carer'), ('attorney', 'By power of attorney'), ('guardian', 'As guardian')])),
                ('scope', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('information', 'Enquiries'), ('service', 'Service requests'), ('payment', 'Bills and payment'), ('contract', 'Contract and hand-over')]), size=None)),
                ('proof', models.TextField(blank=True, default='')),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('noted_at', models.DateTimeField()),
                ('noted_by_id', models.BigIntegerField(null=True)),
                ('agent', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='acts_for', to='customers.customer')),
                ('document', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.document')),
                ('principal', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='represented_by', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['principal'], name='customers_acting_principal'), models.Index(condition=models.Q(('document__isnull', False)), fields=['document'], name='customers_acting_document')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('agent', '='), ('principal', '='), ('period', '&&')], name='customers_acting_once'), models.CheckConstraint(condition=models.Q(('agent', models.F('principal')), _negated=True), name='customers_acting_another'), models.CheckConstraint(condition=models.Q(('basis__in', ['parent', 'carer', 'attorney', 'guardian'])), name='customers_acting_basis'), models.CheckConstraint(condition=models.Q(('scope__contained_by', ['information', 'service', 'payment', 'contract']), models.Q(('scope', []), _negated=True)), name='customers_acting_scope'), models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_acting_period')],
            },
        ),
        migrations.CreateModel(
            name='ContactPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.TextField(blank=True, default='')),
                ('function', models.TextField(choices=[('management', 'Management'), ('finance', 'Finance'), ('technical', 'Technical'), ('emergency', 'Emergency'), ('contracts', 'Contracts'), ('other', 'Other')])),
                ('phone', models.TextField(blank=True, db_collation='C', default='')),
                ('email', models.TextField(blank=True, default='')),
                ('is_primary', models.BooleanField(default=False)),
                ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='contact_persons', to='customers.customer')),
                ('person', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='speaks_for', to='customers.customer')),
            ],
            options={
                'indexes': [models.Index(fields=['customer'], name='customers_contact_of'), models.Index(condition=models.Q(('person__isnull', False)), fields=['person'], name='customers_contact_person')],
                'constraints': [django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('is_primary', True)), expressions=[('customer', '='), ('period', '&&')], name='customers_contact_one_primary'), django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('person__isnull', False)), expressions=[('customer', '='), ('person', '='), ('function', '='), ('period', '&&')], name='customers_contact_once'), models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), models.Q(('name', ''), _negated=True)), models.Q(('name', ''), ('person__isnull', False), models.Q(('person', models.F('customer')), _negated=True)), _connector='OR'), name='customers_contact_who'), models.CheckConstraint(condition=models.Q(('function__in', ['management', 'finance', 'technical', 'emergency', 'contracts', 'other'])), name='customers_contact_function'), models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_contact_period')],
            },
        ),
        migrations.AddIndex(
            model_name='customergroup',
            index=django.contrib.postgres.indexes.GinIndex(fields=['grams'], name='customers_group_grams'),
        ),
        migrations.AddConstraint(
            model_name='customergroup',
            constraint=models.UniqueConstraint(fields=('number',), name='customers_group_number'),
        ),
        migrations.AddConstraint(
            model_name='customergroup',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'household'), models.Q(('kind', 'company'), models.Q(('name', ''), _negated=True)), _connector='OR'), name='customers_group_kind'),
        ),
        migrations.AddConstraint(
            model_name='customergroup',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_group_period'),
        ),
        migrations.AddIndex(
            model_name='groupmember',
            index=models.Index(fields=['group'], name='customers_member_group'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('customer', '='), ('period', '&&')], name='customers_member_one_group'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'head')), expressions=[('group', '='), ('period', '&&')], name='customers_member_one_head'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('role', 'head'), ('under__isnull', True)), ('role', 'member'), _connector='OR'), name='customers_member_role'),
        ),
        migrations.AddConstraint(
            model_name='groupmember',
            constraint=models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_member_period'),
        ),
        migrations.AddIndex(
            model_name='groupmember',
            index=models.Index(condition=models.Q(('under__isnull', False)), fields=['under'], name='customers_member_under'),
        ),
        migrations.RunSQL(SQL, UNDO),
    ]
