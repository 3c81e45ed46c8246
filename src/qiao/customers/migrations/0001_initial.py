"""The tables of customers, their accounts and places, and of all that is kept about them."""

import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models

from qiao.core.tables import CreateTables


class Migration(migrations.Migration):
    initial = True
    replaces = [
        ("customers", "0003_last_contact"),
        ("customers", "0004_whole_or_not_at_all"),
        ("customers", "0005_protected"),
        ("customers", "0006_imports"),
        ("customers", "0007_merges"),
        ("customers", "0009_tier_facts_and_cards"),
        ("customers", "0011_import_screens"),
        ("customers", "0014_duplicates_again"),
        ("customers", "0016_room_for_tiers"),
        ("customers", "0017_personal_requests"),
        ("customers", "0018_customers_file"),
        ("customers", "0019_segments"),
        ("customers", "0023_segment_history"),
        ("customers", "0024_import_additions"),
        ("customers", "0026_managers"),
        ("customers", "0027_holds"),
        ("customers", "0029_taught_phone"),
        ("customers", "0030_stale_numbers"),
        ("customers", "0031_primary_contact_from"),
        ("customers", "0032_exports_of_core"),
    ]
    dependencies = [
        ("staff", "0003_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        CreateTables(
            [
                migrations.CreateModel(
                    name='Customer',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(db_collation='C')),
                        ('kind', models.TextField(choices=[('person', 'Person'), ('organisation', 'Organisation')], default='person')),
                        ('name', models.TextField()),
                        ('gender', models.TextField(blank=True, choices=[('', 'Not known'), ('f', 'Female'), ('m', 'Male')], default='')),
                        ('language', models.TextField(blank=True, default='')),
                        ('name_search', models.TextField(db_collation='C')),
                        ('name_grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('initials', models.TextField(db_collation='C', default='')),
                        ('pinyin', models.TextField(db_collation='C', default='')),
                        ('flags', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('hospital', 'Hospital'), ('life_support', 'Life support at home'), ('elderly_alone', 'Elderly living alone'), ('infant', 'Infant at home'), ('disabled', 'Disabled'), ('welfare', 'Welfare household'), ('school', 'School'), ('public_safety', 'Fire and public safety'), ('important', 'Important user')]), default=list, size=None)),
                        ('tier', models.TextField(choices=[('A', 'Devoted'), ('B', 'Loyal'), ('C', 'Regular'), ('D', 'Sensitive')], default='C')),
                        ('tier_reason', models.TextField(blank=True, default='')),
                        ('created_at', models.DateTimeField()),
                        ('created_by_id', models.BigIntegerField(null=True)),
                        ('merged_into', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['name_search', 'id'], name='customers_customer_name'),
                            django.contrib.postgres.indexes.GinIndex(fields=['name_grams'], name='customers_customer_grams'),
                            models.Index(fields=['initials', 'id'], name='customers_customer_initials'),
                            models.Index(fields=['pinyin', 'id'], name='customers_customer_pinyin'),
                            models.Index(condition=models.Q(('merged_into__isnull', False)), fields=['merged_into'], name='customers_customer_merged'),
                            models.Index(condition=models.Q(('flags', []), _negated=True), fields=['id'], name='customers_customer_protected'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('number',), name='customers_customer_number'),
                            models.CheckConstraint(condition=models.Q(('kind__in', ['person', 'organisation'])), name='customers_customer_kind'),
                            models.CheckConstraint(condition=models.Q(('tier__in', ['A', 'B', 'C', 'D'])), name='customers_customer_tier'),
                            models.CheckConstraint(condition=models.Q(('gender__in', ['', 'f', 'm'])), name='customers_customer_gender'),
                            models.CheckConstraint(condition=models.Q(('flags__contained_by', ['hospital', 'life_support', 'elderly_alone', 'infant', 'disabled', 'welfare', 'school', 'public_safety', 'important'])), name='customers_customer_flags'),
                            models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('name_search', ''), _negated=True)), name='customers_customer_named'),
                            models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='customers_customer_not_own_twin'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CustomerIdentity',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('id_card', 'Identity card'), ('passport', 'Passport'), ('travel_permit', 'Travel permit'), ('credit_code', 'Unified social credit code'), ('other', 'Other')])),
                        ('ciphertext', models.BinaryField()),
                        ('blind_index', models.BinaryField()),
                        ('hint', models.TextField()),
                        ('verified_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='identities', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['kind', 'blind_index'], name='customers_identity_blind'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('customer', 'kind', 'blind_index'), name='customers_identity_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CustomerOrganisation',
                    fields=[
                        ('pk', models.CompositePrimaryKey('customer_id', 'organisation_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('through_merge_of', models.BigIntegerField(null=True)),
                        ('since', models.DateTimeField()),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='organisation_links', to='customers.customer')),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['organisation', 'customer'], name='customers_link_by_unit'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CustomerPhone',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(db_collation='C')),
                        ('extension', models.TextField(blank=True, default='')),
                        ('digits', models.TextField(db_collation='C')),
                        ('kind', models.TextField(choices=[('mobile', 'Mobile'), ('landline', 'Landline'), ('service', 'Service number'), ('foreign', 'Foreign')])),
                        ('label', models.TextField(blank=True, default='')),
                        ('is_primary', models.BooleanField(default=False)),
                        ('verified_at', models.DateTimeField(null=True)),
                        ('created_at', models.DateTimeField()),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='phones', to='customers.customer')),
                        ('standing', models.TextField(blank=True, choices=[('', 'Good'), ('doubtful', 'Doubtful'), ('wrong', 'Wrong')], db_default='', default='')),
                        ('standing_reason', models.TextField(blank=True, db_default='', default='')),
                        ('standing_since', models.DateTimeField(null=True)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['digits'], name='customers_phone_whole'),
                            models.Index(django.db.models.functions.text.Reverse('digits'), name='customers_phone_tail'),
                            django.contrib.postgres.indexes.GinIndex(fields=['digits'], name='customers_phone_middle', opclasses=['gin_trgm_ops']),
                            models.Index(condition=models.Q(('standing__gt', '')), fields=['-standing_since', '-id'], name='customers_phone_flagged'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('customer', 'number', 'extension'), name='customers_phone_once'),
                            models.UniqueConstraint(condition=models.Q(('is_primary', True)), fields=('customer',), name='customers_phone_primary'),
                            models.CheckConstraint(condition=models.Q(('number__regex', '^\\+[1-9][0-9]{4,16}$')), name='customers_phone_e164'),
                            models.CheckConstraint(condition=models.Q(('extension__regex', '^[0-9]{0,8}$')), name='customers_phone_extension'),
                            models.CheckConstraint(condition=models.Q(('digits__regex', '^[0-9]{3,17}$')), name='customers_phone_digits'),
                            models.CheckConstraint(condition=models.Q(('kind__in', ['mobile', 'landline', 'service', 'foreign'])), name='customers_phone_kind'),
                            models.CheckConstraint(condition=models.Q(models.Q(('standing', ''), ('standing_reason', ''), ('standing_since__isnull', True)), models.Q(('standing__in', ['doubtful', 'wrong']), ('standing_since__isnull', False), models.Q(('standing_reason', ''), _negated=True)), _connector='OR'), name='customers_phone_standing'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Premises',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('region', models.TextField(db_collation='C')),
                        ('district', models.TextField(blank=True, default='')),
                        ('road', models.TextField(blank=True, default='')),
                        ('house_number', models.TextField(blank=True, default='')),
                        ('community', models.TextField(blank=True, default='')),
                        ('building', models.TextField(blank=True, default='')),
                        ('unit', models.TextField(blank=True, default='')),
                        ('room', models.TextField(blank=True, default='')),
                        ('full_text', models.TextField()),
                        ('search', models.TextField(db_collation='C')),
                        ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('latitude', models.FloatField(null=True)),
                        ('longitude', models.FloatField(null=True)),
                        ('datum', models.TextField(blank=True, choices=[('', 'None'), ('wgs84', 'WGS-84'), ('gcj02', 'GCJ-02')], default='')),
                        ('created_at', models.DateTimeField()),
                    ],
                    options={
                        'indexes': [
                            django.contrib.postgres.indexes.GinIndex(fields=['grams'], name='customers_premises_grams'),
                            models.Index(fields=['region', 'community'], name='customers_premises_area'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('search', 'region'), name='customers_premises_once'),
                            models.CheckConstraint(condition=models.Q(models.Q(('full_text', ''), _negated=True), models.Q(('search', ''), _negated=True)), name='customers_premises_address'),
                            models.CheckConstraint(condition=models.Q(models.Q(('datum', ''), ('latitude__isnull', True), ('longitude__isnull', True)), models.Q(('datum__in', ['wgs84', 'gcj02']), ('latitude__isnull', False), ('latitude__range', (-90, 90)), ('longitude__isnull', False), ('longitude__range', (-180, 180))), _connector='OR'), name='customers_premises_located'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ServicePoint',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('service', models.TextField(choices=[('water', 'Water'), ('power', 'Power'), ('gas', 'Gas'), ('heat', 'Heat'), ('care', 'Care'), ('appliance', 'Appliance')])),
                        ('number', models.TextField(db_collation='C')),
                        ('meter_number', models.TextField(blank=True, db_collation='C', default='')),
                        ('meter_size', models.TextField(blank=True, default='')),
                        ('meter_is_remote', models.BooleanField(default=False)),
                        ('meter_installed_date', models.DateField(null=True)),
                        ('meter_test_due_date', models.DateField(null=True)),
                        ('status', models.TextField(choices=[('active', 'In service'), ('suspended', 'Suspended'), ('removed', 'Removed')], default='active')),
                        ('premises', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='service_points', to='customers.premises')),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('meter_number', ''), _negated=True), fields=['meter_number'], name='customers_servicepoint_meter'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('number',), name='customers_servicepoint_number'),
                            models.CheckConstraint(condition=models.Q(('service__in', ['water', 'power', 'gas', 'heat', 'care', 'appliance'])), name='customers_servicepoint_service'),
                            models.CheckConstraint(condition=models.Q(('status__in', ['active', 'suspended', 'removed'])), name='customers_servicepoint_status'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Account',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(db_collation='C')),
                        ('service', models.TextField(choices=[('water', 'Water'), ('power', 'Power'), ('gas', 'Gas'), ('heat', 'Heat'), ('care', 'Care'), ('appliance', 'Appliance')])),
                        ('use', models.TextField(choices=[('household', 'Household'), ('commercial', 'Commercial'), ('industrial', 'Industrial'), ('public', 'Public institution')], default='household')),
                        ('status', models.TextField(choices=[('active', 'Active'), ('suspended', 'Suspended'), ('closed', 'Closed')], default='active')),
                        ('opened_date', models.DateField()),
                        ('closed_date', models.DateField(null=True)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('service_point', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='accounts', to='customers.servicepoint')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('number',), name='customers_account_number'),
                            models.CheckConstraint(condition=models.Q(('number__regex', '^[0-9A-Z]{4,20}$')), name='customers_account_number_form'),
                            models.CheckConstraint(condition=models.Q(('service__in', ['water', 'power', 'gas', 'heat', 'care', 'appliance'])), name='customers_account_service'),
                            models.CheckConstraint(condition=models.Q(('use__in', ['household', 'commercial', 'industrial', 'public'])), name='customers_account_use'),
                            models.CheckConstraint(condition=models.Q(models.Q(('closed_date__gte', models.F('opened_date')), ('closed_date__isnull', False), ('status', 'closed')), models.Q(('closed_date__isnull', True), ('status__in', ['active', 'suspended'])), _connector='OR'), name='customers_account_closed_whole'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='AccountParty',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('role', models.TextField(choices=[('owner', 'Owner'), ('occupant', 'Occupant'), ('payer', 'Payer'), ('contact', 'Contact person')])),
                        ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                        ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='customers.account')),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['account'], name='customers_party_account'),
                            models.Index(fields=['customer'], name='customers_party_customer'),
                        ],
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'owner')), expressions=[('account', '='), ('period', '&&')], name='customers_party_one_owner'),
                            django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'owner'), _negated=True), expressions=[('account', '='), ('customer', '='), ('role', '='), ('period', '&&')], name='customers_party_once'),
                            models.CheckConstraint(condition=models.Q(('role__in', ['owner', 'occupant', 'payer', 'contact'])), name='customers_party_role'),
                            models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_party_period'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='TierChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('tier', models.TextField(choices=[('A', 'Devoted'), ('B', 'Loyal'), ('C', 'Regular'), ('D', 'Sensitive')])),
                        ('reason', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tier_changes', to='customers.customer')),
                        ('computed_tier', models.TextField(blank=True, default='')),
                        ('inputs', models.JSONField(null=True)),
                        ('kind', models.TextField(choices=[('computed', 'By the rule'), ('manual', 'By a person'), ('withdrawn', 'Taken back'), ('expired', 'Run out')], default='computed')),
                        ('points', models.IntegerField(null=True)),
                        ('rule_version', models.TextField(blank=True, default='')),
                        ('until', models.DateField(null=True)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', 'at'], name='customers_tierchange_history'),
                            models.Index(condition=models.Q(('kind', 'computed'), _negated=True), fields=['customer', 'at'], name='customers_tierchange_by_hand'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('tier__in', ['A', 'B', 'C', 'D'])), name='customers_tierchange_tier'),
                            models.CheckConstraint(condition=models.Q(models.Q(('kind', 'manual'), ('until__isnull', False), models.Q(('reason', ''), _negated=True)), models.Q(('kind__in', ['computed', 'withdrawn', 'expired']), ('until__isnull', True)), _connector='OR'), name='customers_tierchange_whole'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='LastContact',
                    fields=[
                        ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='last_contact', serialize=False, to='customers.customer')),
                        ('at', models.DateTimeField()),
                        ('channel', models.TextField()),
                        ('subject', models.TextField(blank=True, default='')),
                    ],
                ),
                migrations.CreateModel(
                    name='CustomerImport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('file_name', models.TextField()),
                        ('digest', models.TextField(db_collation='C')),
                        ('format', models.TextField()),
                        ('header', models.JSONField(default=list)),
                        ('mapping', models.JSONField(default=dict)),
                        ('state', models.TextField(choices=[('running', 'Running'), ('done', 'Done'), ('cancelled', 'Cancelled'), ('rolling_back', 'Being taken back'), ('rolled_back', 'Rolled back')], default='running')),
                        ('read_count', models.IntegerField(default=0)),
                        ('created_count', models.IntegerField(default=0)),
                        ('known_count', models.IntegerField(default=0)),
                        ('refused_count', models.IntegerField(default=0)),
                        ('created_at', models.DateTimeField()),
                        ('created_by_id', models.BigIntegerField()),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('kept_count', models.IntegerField(default=0)),
                        ('undone_at', models.DateTimeField(null=True)),
                        ('undone_by_id', models.BigIntegerField(null=True)),
                        ('undone_count', models.IntegerField(default=0)),
                        ('undone_through', models.IntegerField(default=0)),
                        ('added_count', models.IntegerField(db_default=0, default=0)),
                        ('differing_count', models.IntegerField(db_default=0, default=0)),
                        ('known', models.TextField(choices=[('leave', 'Leave them as they are'), ('add', 'Add what is missing')], db_default='leave', default='leave')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('state__in', ['running', 'done', 'cancelled', 'rolling_back', 'rolled_back'])), name='customers_import_state'),
                            models.UniqueConstraint(condition=models.Q(('state__in', ['running', 'done', 'rolling_back'])), fields=('organisation', 'digest', 'known'), name='customers_import_once'),
                            models.CheckConstraint(condition=models.Q(('known__in', ['leave', 'add'])), name='customers_import_known_choice'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ImportedRow',
                    fields=[
                        ('pk', models.CompositePrimaryKey('customer_import_id', 'row_number', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('row_number', models.IntegerField()),
                        ('outcome', models.TextField(choices=[('created', 'Taken in'), ('known', 'Known already'), ('refused', 'Refused')])),
                        ('customer_id', models.BigIntegerField(null=True)),
                        ('account_id', models.BigIntegerField(null=True)),
                        ('is_new_customer', models.BooleanField(default=False)),
                        ('is_new_account', models.BooleanField(default=False)),
                        ('faults', models.JSONField(default=list)),
                        ('customer_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='rows', to='customers.customerimport')),
                        ('kept_because', models.TextField(blank=True, db_default='', default='')),
                        ('undone', models.TextField(blank=True, choices=[('removed', 'Taken back'), ('kept', 'Kept, in use')], db_default='', default='')),
                        ('added', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], default=list, size=None)),
                        ('differs', models.JSONField(db_default=[], default=list)),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('outcome', 'refused')), fields=['customer_import', 'row_number'], name='customers_import_refused'),
                            models.Index(condition=models.Q(('is_new_account', True)), fields=['account_id'], name='customers_import_new_account'),
                            models.Index(condition=models.Q(('outcome', 'known')), fields=['customer_id'], name='customers_import_known'),
                            models.Index(condition=models.Q(('is_new_customer', True)), fields=['customer_id'], name='customers_import_new_customer'),
                            models.Index(condition=models.Q(('differs', []), _negated=True), fields=['customer_import', 'row_number'], name='customers_import_differing'),
                            models.Index(condition=models.Q(('added', []), _negated=True), fields=['customer_import', 'row_number'], name='customers_import_added'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ImportMapping',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('signature', models.TextField(db_collation='C')),
                        ('fields', models.JSONField(default=dict)),
                        ('used_at', models.DateTimeField()),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('organisation', 'signature'), name='customers_importmapping_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Merge',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('reason', models.TextField(blank=True, default='')),
                        ('changes', models.JSONField(default=list)),
                        ('undone_at', models.DateTimeField(null=True)),
                        ('undone_by_id', models.BigIntegerField(null=True)),
                        ('kept', models.JSONField(default=list)),
                        ('merged', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='merges_into', to='customers.customer')),
                        ('survivor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='merges', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['survivor', 'at'], name='customers_merge_of'),
                            models.Index(fields=['merged', 'at'], name='customers_merge_into'),
                        ],
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('merged', '='), (models.Func('at', 'undone_at', function='tstzrange', output_field=django.contrib.postgres.fields.ranges.DateTimeRangeField()), '&&')], name='customers_merge_one_at_a_time'),
                            models.CheckConstraint(condition=models.Q(('survivor', models.F('merged')), _negated=True), name='customers_merge_not_itself'),
                            models.CheckConstraint(condition=models.Q(('undone_at__isnull', True), ('undone_at__gte', models.F('at')), _connector='OR'), name='customers_merge_undone_later'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Card',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('hospital', 'Hospital card'), ('health', 'Health insurance card'), ('water_ic', 'Water meter card'), ('gas_ic', 'Gas meter card'), ('power_ic', 'Power meter card'), ('member', 'Membership card')])),
                        ('number', models.TextField(db_collation='C')),
                        ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                        ('created_at', models.DateTimeField()),
                        ('created_by_id', models.BigIntegerField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='cards', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['number'], name='customers_card_number'),
                            models.Index(fields=['customer'], name='customers_card_customer'),
                        ],
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('number', '='), ('kind', '='), ('period', '&&')], name='customers_card_one_holder'),
                            models.CheckConstraint(condition=models.Q(('kind__in', ['hospital', 'health', 'water_ic', 'gas_ic', 'power_ic', 'member'])), name='customers_card_kind'),
                            models.CheckConstraint(condition=models.Q(('number__regex', '^[0-9A-Z]{4,40}$')), name='customers_card_number_form'),
                            models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_card_period'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Fact',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('visit', 'Contact'), ('value', 'Value'), ('satisfaction', 'Satisfaction'), ('complaint', 'Complaint'), ('account', 'Part in an account')])),
                        ('amount', models.BigIntegerField(default=1)),
                        ('occurred_at', models.DateTimeField()),
                        ('recorded_at', models.DateTimeField()),
                        ('source', models.TextField(db_collation='C')),
                        ('ref', models.TextField(db_collation='C')),
                        ('revision', models.SmallIntegerField(default=0)),
                        ('cancels', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='cancelled_by', to='customers.fact')),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='facts', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', 'occurred_at'], name='customers_fact_of'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('cancels__isnull', True)), fields=('source', 'ref', 'kind', 'revision'), name='customers_fact_once'),
                            models.UniqueConstraint(condition=models.Q(('cancels__isnull', False)), fields=('cancels',), name='customers_fact_cancelled_once'),
                            models.CheckConstraint(condition=models.Q(('kind__in', ['visit', 'value', 'satisfaction', 'complaint', 'account'])), name='customers_fact_kind'),
                            models.CheckConstraint(condition=models.Q(('kind', 'value'), models.Q(('amount__gte', 1), ('amount__lte', 4), ('kind', 'satisfaction')), models.Q(('amount', 1), ('kind__in', ['visit', 'complaint', 'account'])), _connector='OR'), name='customers_fact_amount'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='TierCount',
                    fields=[
                        ('pk', models.CompositePrimaryKey('day', 'organisation_id', 'tier', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('day', models.DateField()),
                        ('organisation_id', models.BigIntegerField()),
                        ('tier', models.TextField()),
                        ('n', models.IntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='TierDue',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('customer_id', models.BigIntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='TierRule',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('version', models.TextField(db_collation='C', unique=True)),
                        ('valid_from', models.DateField()),
                        ('data', models.JSONField()),
                        ('digest', models.TextField()),
                        ('installed_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='TierRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('rule_version', models.TextField()),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('customer_count', models.IntegerField(default=0)),
                        ('changed_count', models.IntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name='ValuePeriod',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('since', models.DateField()),
                        ('until', models.DateField(unique=True)),
                        ('is_closed', models.BooleanField()),
                        ('customer_count', models.IntegerField()),
                        ('total', models.BigIntegerField()),
                        ('key_count', models.IntegerField()),
                        ('key_total', models.BigIntegerField()),
                        ('came', models.IntegerField()),
                        ('fell', models.IntegerField()),
                        ('bounds', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ('computed_at', models.DateTimeField()),
                    ],
                ),
                migrations.CreateModel(
                    name='KeyCustomer',
                    fields=[
                        ('pk', models.CompositePrimaryKey('period_id', 'place', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('place', models.IntegerField()),
                        ('period', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='key_customers', to='customers.valueperiod')),
                        ('customer_id', models.BigIntegerField()),
                        ('value', models.BigIntegerField()),
                        ('is_new', models.BooleanField()),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer_id', 'period'], name='customers_key_customer'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='MeterInstallation',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('meter_number', models.TextField(db_collation='C')),
                        ('meter_search', models.GeneratedField(db_persist=True, expression=models.Func(models.Func(models.F('meter_number'), models.Value('[^0-9A-Za-z]'), models.Value(''), models.Value('g'), function='regexp_replace'), function='upper'), output_field=models.TextField(db_collation='C'))),
                        ('meter_size', models.TextField(blank=True, default='')),
                        ('is_remote', models.BooleanField(default=False)),
                        ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                        ('opening_reading', models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                        ('closing_reading', models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                        ('reason', models.TextField(blank=True, default='')),
                        ('service_point', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='installations', to='customers.servicepoint')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['meter_search'], name='customers_meter_search'),
                        ],
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('service_point', '='), ('period', '&&')], name='customers_meter_one_at_a_time'),
                            models.CheckConstraint(condition=models.Q(models.Q(('meter_number', ''), _negated=True), ('period__isempty', False)), name='customers_meter_whole'),
                            models.CheckConstraint(condition=models.Q(models.Q(('opening_reading__isnull', True), ('opening_reading__gte', 0), _connector='OR'), models.Q(('closing_reading__isnull', True), ('closing_reading__gte', 0), _connector='OR')), name='customers_meter_readings'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ImportedPlace',
                    fields=[
                        ('pk', models.CompositePrimaryKey('customer_import_id', 'kind', 'place_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('kind', models.TextField(choices=[('premises', 'Premises'), ('point', 'Service Point')])),
                        ('place_id', models.BigIntegerField()),
                        ('customer_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='places', to='customers.customerimport')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('kind__in', ['premises', 'point'])), name='customers_importedplace_kind'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ImportFile',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('file_name', models.TextField()),
                        ('size_bytes', models.BigIntegerField()),
                        ('format', models.TextField(blank=True, default='')),
                        ('header', models.JSONField(default=list)),
                        ('samples', models.JSONField(default=list)),
                        ('mapping', models.JSONField(default=dict)),
                        ('is_mapping_kept', models.BooleanField(default=False)),
                        ('state', models.TextField(choices=[('reading', 'Being read'), ('mapping', 'Columns to be named'), ('checking', 'Being checked'), ('checked', 'Checked'), ('started', 'Started'), ('failed', 'Unreadable'), ('discarded', 'Discarded')], default='reading')),
                        ('findings', models.JSONField(default=dict)),
                        ('checked_rows', models.IntegerField(default=0)),
                        ('failure', models.TextField(blank=True, default='')),
                        ('failure_detail', models.TextField(blank=True, default='')),
                        ('is_on_disk', models.BooleanField(default=True)),
                        ('created_at', models.DateTimeField()),
                        ('created_by_id', models.BigIntegerField()),
                        ('customer_import', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='files', to='customers.customerimport')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('known', models.TextField(choices=[('leave', 'Leave them as they are'), ('add', 'Add what is missing')], db_default='leave', default='leave')),
                    ],
                    options={
                        'indexes': [
                            models.Index(condition=models.Q(('state__in', ['reading', 'mapping', 'checking', 'checked', 'failed'])), fields=['organisation', 'id'], name='customers_importfile_waiting'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('state__in', ['reading', 'mapping', 'checking', 'checked', 'started', 'failed', 'discarded'])), name='customers_importfile_state'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'started'), _negated=True), ('customer_import__isnull', False), _connector='OR'), name='customers_importfile_started'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='DuplicateCountChange',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('first_organisations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('second_organisations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('strongest', models.TextField()),
                        ('n', models.IntegerField()),
                    ],
                ),
                migrations.CreateModel(
                    name='DuplicateCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('first_organisations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('second_organisations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                        ('strongest', models.TextField()),
                        ('n', models.IntegerField()),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(fields=('first_organisations', 'second_organisations', 'strongest'), name='customers_duplicatecount_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='DuplicateRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.TextField(choices=[('running', 'Running'), ('done', 'Done')], default='running')),
                        ('started_at', models.DateTimeField()),
                        ('started_by_id', models.BigIntegerField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('customer_count', models.IntegerField(default=0)),
                        ('pair_count', models.IntegerField(default=0)),
                        ('weighed_count', models.IntegerField(default=0)),
                        ('last_first_id', models.BigIntegerField(default=0)),
                        ('last_second_id', models.BigIntegerField(default=0)),
                        ('found_count', models.IntegerField(default=0)),
                        ('withdrawn_count', models.IntegerField(default=0)),
                        ('left_out', models.JSONField(default=list)),
                        ('is_due_again', models.BooleanField(default=False)),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('state', 'running')), fields=('state',), name='customers_duplicaterun_one_at_a_time'),
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('state', 'running')), models.Q(('finished_at__isnull', False), ('state', 'done')), _connector='OR'), name='customers_duplicaterun_state'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Duplicate',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('score', models.FloatField()),
                        ('evidence', models.JSONField(default=dict)),
                        ('strongest', models.TextField(choices=[('identity', 'Identity number'), ('phone', 'Telephone'), ('place', 'Address'), ('name', 'Name')])),
                        ('state', models.TextField(choices=[('proposed', 'To decide'), ('dismissed', 'Not the same'), ('merged', 'Merged')], default='proposed')),
                        ('first_organisations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ('second_organisations', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                        ('found_at', models.DateTimeField()),
                        ('weighed_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('decided_by_id', models.BigIntegerField(null=True)),
                        ('reason', models.TextField(blank=True, default='')),
                        ('first', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                        ('second', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(models.OrderBy(models.F('score'), descending=True), models.OrderBy(models.F('id'), descending=True), condition=models.Q(('state', 'proposed')), name='customers_duplicate_worklist'),
                            models.Index(fields=['second'], name='customers_duplicate_second'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('first', 'second'), name='customers_duplicate_once'),
                            models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='customers_duplicate_lower_first'),
                            models.CheckConstraint(condition=models.Q(('state__in', ['proposed', 'merged']), models.Q(('decided_at__isnull', False), ('state', 'dismissed')), _connector='OR'), name='customers_duplicate_state'),
                            models.CheckConstraint(condition=models.Q(('strongest__in', ['identity', 'phone', 'place', 'name'])), name='customers_duplicate_strongest'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Erasure',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('basis', models.TextField(choices=[('request', 'The person asks for it'), ('consent', 'Consent was withdrawn'), ('purpose', 'The purpose has ended'), ('unlawful', 'It was kept unlawfully'), ('order', 'An authority orders it')])),
                        ('reason', models.TextField()),
                        ('state', models.TextField(choices=[('requested', 'Waits for a second person'), ('approved', 'Being erased'), ('refused', 'Refused'), ('hindered', 'Stopped by a hinder'), ('done', 'Erased')], default='requested')),
                        ('approval_id', models.BigIntegerField(unique=True)),
                        ('requested_at', models.DateTimeField()),
                        ('decided_at', models.DateTimeField(null=True)),
                        ('decision_note', models.TextField(blank=True, default='')),
                        ('done_at', models.DateTimeField(null=True)),
                        ('pseudonym', models.TextField(blank=True, default='')),
                        ('counts', models.JSONField(default=dict)),
                        ('files', models.JSONField(default=list)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='erasures', to='customers.customer')),
                        ('decided_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['organisation', 'id'], name='customers_erasure_by_unit'),
                            models.Index(fields=['customer', 'id'], name='customers_erasure_of'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='customers_erasure_reason'),
                            models.CheckConstraint(condition=models.Q(('basis__in', ['request', 'consent', 'purpose', 'unlawful', 'order'])), name='customers_erasure_basis'),
                            models.CheckConstraint(condition=models.Q(('decided_by__isnull', True), models.Q(('decided_by', models.F('requested_by')), _negated=True), _connector='OR'), name='customers_erasure_second_person'),
                            models.CheckConstraint(condition=models.Q(models.Q(('decided_by__isnull', True), ('done_at__isnull', True), ('state', 'requested')), models.Q(('decided_by__isnull', False), ('done_at__isnull', True), ('state__in', ['approved', 'refused', 'hindered'])), models.Q(('decided_by__isnull', False), ('done_at__isnull', False), ('state', 'done'), models.Q(('pseudonym', ''), _negated=True)), _connector='OR'), name='customers_erasure_state'),
                            models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'approved', 'done'])), fields=('customer',), name='customers_erasure_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SubjectExport',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.TextField()),
                        ('language', models.TextField()),
                        ('state', models.TextField(choices=[('waiting', 'Being put together'), ('ready', 'Ready'), ('removed', 'Removed')], default='waiting')),
                        ('requested_at', models.DateTimeField()),
                        ('ready_at', models.DateTimeField(null=True)),
                        ('expires_at', models.DateTimeField(null=True)),
                        ('size_bytes', models.BigIntegerField(default=0)),
                        ('taken_count', models.IntegerField(default=0)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='subject_exports', to='customers.customer')),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('requested_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', 'id'], name='customers_subject_of'),
                            models.Index(condition=models.Q(('state', 'ready')), fields=['expires_at'], name='customers_subject_expiring'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='customers_subject_reason'),
                            models.CheckConstraint(condition=models.Q(models.Q(('state', 'ready'), _negated=True), models.Q(('expires_at__isnull', False), ('ready_at__isnull', False)), _connector='OR'), name='customers_subject_ready'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Consent',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('purpose', models.TextField(choices=[('service', 'Service notices'), ('marketing', 'Offers and promotion'), ('survey', 'Surveys'), ('recording', 'Use of recordings for training'), ('social', 'Linking a social account')])),
                        ('channel', models.TextField(blank=True, default='')),
                        ('is_given', models.BooleanField()),
                        ('how', models.TextField(choices=[('spoken', 'Said on the phone'), ('counter', 'Said at the counter'), ('written', 'In writing'), ('online', 'Online')])),
                        ('proof', models.TextField(blank=True, default='')),
                        ('text_version', models.TextField(blank=True, default='')),
                        ('at', models.DateTimeField()),
                        ('actor', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='consents', to='customers.customer')),
                    ],
                    options={
                        'verbose_name': 'Consent',
                        'indexes': [
                            models.Index(fields=['customer', 'id'], name='customers_consent_of'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('purpose__in', ['service', 'marketing', 'survey', 'recording', 'social'])), name='customers_consent_purpose'),
                            models.CheckConstraint(condition=models.Q(('channel__in', ['', 'phone', 'sms', 'wechat', 'email', 'letter'])), name='customers_consent_channel'),
                            models.CheckConstraint(condition=models.Q(('how__in', ['spoken', 'counter', 'written', 'online'])), name='customers_consent_how'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Document',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('kind', models.TextField(choices=[('contract', 'Contract'), ('identity', 'Copy of an identity document'), ('photo', 'Photo'), ('letter', 'Letter'), ('authorisation', 'Authorisation'), ('meter', 'Meter protocol'), ('other', 'Other')])),
                        ('title', models.TextField()),
                        ('note', models.TextField(blank=True, default='')),
                        ('dated', models.DateField()),
                        ('expires', models.DateField(null=True)),
                        ('attachment_id', models.BigIntegerField(unique=True)),
                        ('content_type', models.TextField()),
                        ('size_bytes', models.BigIntegerField()),
                        ('search', models.TextField(blank=True, db_collation='C', default='')),
                        ('grams', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                        ('read_at', models.DateTimeField(null=True)),
                        ('added_at', models.DateTimeField()),
                        ('added_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='customers.customer')),
                        ('replaced_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaces', to='customers.document')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', '-dated', '-id'], name='customers_document_of'),
                            django.contrib.postgres.indexes.GinIndex(fields=['grams'], name='customers_document_grams'),
                            models.Index(condition=models.Q(('expires__isnull', False), ('replaced_by__isnull', True)), fields=['expires'], name='customers_document_ends'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('title', ''), _negated=True), name='customers_document_title'),
                            models.CheckConstraint(condition=models.Q(('kind__in', ['contract', 'identity', 'photo', 'letter', 'authorisation', 'meter', 'other'])), name='customers_document_kind'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Note',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('text', models.TextField()),
                        ('is_pinned', models.BooleanField(default=False)),
                        ('created_at', models.DateTimeField()),
                        ('edited_at', models.DateTimeField(null=True)),
                        ('author', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', 'id'], name='customers_note_of'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('text', ''), _negated=True), name='customers_note_text'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Preference',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('channels', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('phone', 'Phone'), ('sms', 'Text message'), ('wechat', 'WeChat'), ('email', 'Email'), ('letter', 'Letter')]), default=list, size=None)),
                        ('language', models.TextField(blank=True, choices=[('', 'No wish'), ('zh-hans', 'Mandarin'), ('zh-hant', 'Traditional Chinese'), ('en', 'English')], default='')),
                        ('quiet_from', models.TimeField(null=True)),
                        ('quiet_until', models.TimeField(null=True)),
                        ('needs', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(choices=[('large_print', 'Large print'), ('wheelchair', 'Wheelchair'), ('interpreter', 'Sign language or interpreter'), ('dialect', 'Speaks dialect'), ('slowly', 'Speak slowly and clearly')]), default=list, size=None)),
                        ('needs_text', models.TextField(blank=True, default='')),
                        ('changed_at', models.DateTimeField()),
                        ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='preference', to='customers.customer')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('channels__contained_by', ['phone', 'sms', 'wechat', 'email', 'letter'])), name='customers_preference_channels'),
                            models.CheckConstraint(condition=models.Q(('needs__contained_by', ['large_print', 'wheelchair', 'interpreter', 'dialect', 'slowly'])), name='customers_preference_needs'),
                            models.CheckConstraint(condition=models.Q(models.Q(('quiet_from__isnull', True), ('quiet_until__isnull', True)), models.Q(('quiet_from__isnull', False), ('quiet_until__isnull', False)), _connector='OR'), name='customers_preference_quiet'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Segment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('key', models.TextField(blank=True, db_collation='C', default='')),
                        ('name', models.TextField(blank=True, default='')),
                        ('names', models.JSONField(default=dict)),
                        ('note', models.TextField(blank=True, default='')),
                        ('rule', models.JSONField()),
                        ('state', models.TextField(choices=[('building', 'Being built'), ('current', 'Current'), ('archived', 'Archived')], default='building')),
                        ('created_at', models.DateTimeField()),
                        ('created_by_id', models.BigIntegerField(null=True)),
                        ('changed_at', models.DateTimeField()),
                        ('changed_by_id', models.BigIntegerField(null=True)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('key', ''), _negated=True), fields=('organisation', 'key'), name='customers_segment_key'),
                            models.UniqueConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('state', 'archived'), _negated=True)), fields=('organisation', 'name'), name='customers_segment_name'),
                            models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('names', {}), _negated=True), _connector='OR'), name='customers_segment_named'),
                            models.CheckConstraint(condition=models.Q(('state__in', ['building', 'current', 'archived'])), name='customers_segment_state'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SegmentDirty',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('customer_id', models.BigIntegerField(null=True)),
                        ('source', models.TextField(db_default='')),
                    ],
                ),
                migrations.CreateModel(
                    name='SegmentMember',
                    fields=[
                        ('pk', models.CompositePrimaryKey('segment_id', 'customer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('since', models.DateTimeField()),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='segment_memberships', to='customers.customer')),
                        ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='members', to='customers.segment')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer'], name='customers_segmentmember_of'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SegmentMove',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('customer_id', models.BigIntegerField()),
                        ('has_joined', models.BooleanField()),
                        ('at', models.DateTimeField()),
                        ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='customers.segment')),
                        ('cause', models.TextField(choices=[('rule', 'The rule was saved'), ('data', 'Something changed'), ('time', 'Time passed')], db_default='data')),
                        ('via', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer_id'], name='customers_segmentmove_of'),
                            models.Index(condition=models.Q(('cause', 'rule'), _negated=True), fields=['segment', 'at', 'id'], name='customers_segmentmove_listed'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('cause__in', ['rule', 'data', 'time'])), name='customers_segmentmove_cause'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SegmentKept',
                    fields=[
                        ('segment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='kept', serialize=False, to='customers.segment')),
                        ('member_count', models.IntegerField(default=0)),
                        ('refreshed_at', models.DateTimeField(null=True)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('member_count__gte', 0)), name='customers_segment_count'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Move',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(db_collation='C')),
                        ('hand_over_date', models.DateField()),
                        ('final_reading', models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                        ('opening_reading', models.DecimalField(decimal_places=3, max_digits=14, null=True)),
                        ('forwarding_address', models.TextField(blank=True, default='')),
                        ('forwarding_phone', models.TextField(blank=True, db_collation='C', default='')),
                        ('note', models.TextField(blank=True, default='')),
                        ('made_at', models.DateTimeField()),
                        ('made_date', models.DateField()),
                        ('made_by_id', models.BigIntegerField(null=True)),
                        ('undone_at', models.DateTimeField(null=True)),
                        ('undone_by_id', models.BigIntegerField(null=True)),
                        ('undo_reason', models.TextField(blank=True, default='')),
                        ('account', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='customers.account')),
                        ('organisation', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('taught_phone_id', models.BigIntegerField(null=True)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['account', 'hand_over_date'], name='customers_move_account'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('number',), name='customers_move_number'),
                            models.CheckConstraint(condition=models.Q(models.Q(('final_reading__isnull', True), ('final_reading__gte', 0), _connector='OR'), models.Q(('opening_reading__isnull', True), ('opening_reading__gte', 0), _connector='OR')), name='customers_move_readings'),
                            models.CheckConstraint(condition=models.Q(models.Q(('undo_reason', ''), ('undone_at__isnull', True)), models.Q(('undone_at__isnull', False), models.Q(('undo_reason', ''), _negated=True)), _connector='OR'), name='customers_move_undone_whole'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='MoveParty',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('side', models.TextField(choices=[('left', 'Moves out'), ('came', 'Moves in')])),
                        ('party_id', models.BigIntegerField()),
                        ('role', models.TextField(choices=[('owner', 'Owner'), ('occupant', 'Occupant'), ('payer', 'Payer'), ('contact', 'Contact person')])),
                        ('until_before', models.DateField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='moves', to='customers.customer')),
                        ('move', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='parties', to='customers.move')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer'], name='customers_moveparty_customer'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('move', 'party_id'), name='customers_moveparty_once'),
                            models.CheckConstraint(condition=models.Q(('side__in', ['left', 'came'])), name='customers_moveparty_side'),
                        ],
                    },
                ),
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
                    options={
                        'indexes': [
                            django.contrib.postgres.indexes.GinIndex(fields=['grams'], name='customers_group_grams'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('number',), name='customers_group_number'),
                            models.CheckConstraint(condition=models.Q(('kind', 'household'), models.Q(('kind', 'company'), models.Q(('name', ''), _negated=True)), _connector='OR'), name='customers_group_kind'),
                            models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_group_period'),
                        ],
                    },
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
                    options={
                        'indexes': [
                            models.Index(fields=['group'], name='customers_member_group'),
                            models.Index(condition=models.Q(('under__isnull', False)), fields=['under'], name='customers_member_under'),
                        ],
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('customer', '='), ('period', '&&')], name='customers_member_one_group'),
                            django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('role', 'head')), expressions=[('group', '='), ('period', '&&')], name='customers_member_one_head'),
                            models.CheckConstraint(condition=models.Q(models.Q(('role', 'head'), ('under__isnull', True)), ('role', 'member'), _connector='OR'), name='customers_member_role'),
                            models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_member_period'),
                        ],
                    },
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
                        'indexes': [
                            models.Index(fields=['principal'], name='customers_acting_principal'),
                            models.Index(condition=models.Q(('document__isnull', False)), fields=['document'], name='customers_acting_document'),
                        ],
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('agent', '='), ('principal', '='), ('period', '&&')], name='customers_acting_once'),
                            models.CheckConstraint(condition=models.Q(('agent', models.F('principal')), _negated=True), name='customers_acting_another'),
                            models.CheckConstraint(condition=models.Q(('basis__in', ['parent', 'carer', 'attorney', 'guardian'])), name='customers_acting_basis'),
                            models.CheckConstraint(condition=models.Q(('scope__contained_by', ['information', 'service', 'payment', 'contract']), models.Q(('scope', []), _negated=True)), name='customers_acting_scope'),
                            models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_acting_period'),
                        ],
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
                        'indexes': [
                            models.Index(fields=['customer'], name='customers_contact_of'),
                            models.Index(condition=models.Q(('person__isnull', False)), fields=['person'], name='customers_contact_person'),
                        ],
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('person__isnull', False)), expressions=[('customer', '='), ('person', '='), ('function', '='), ('period', '&&')], name='customers_contact_once'),
                            models.CheckConstraint(condition=models.Q(models.Q(('person__isnull', True), models.Q(('name', ''), _negated=True)), models.Q(('name', ''), ('person__isnull', False), models.Q(('person', models.F('customer')), _negated=True)), _connector='OR'), name='customers_contact_who'),
                            models.CheckConstraint(condition=models.Q(('function__in', ['management', 'finance', 'technical', 'emergency', 'contracts', 'other'])), name='customers_contact_function'),
                            models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_contact_period'),
                            models.UniqueConstraint(models.F('customer'), models.F('period__startswith'), condition=models.Q(('is_primary', True)), name='customers_contact_primary_from'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SegmentCount',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('rule', models.JSONField()),
                        ('asked_by_id', models.BigIntegerField()),
                        ('asked_at', models.DateTimeField()),
                        ('seen', models.IntegerField(null=True)),
                        ('found', models.IntegerField(null=True)),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['asked_by_id', 'id'], name='customers_segmentcount_mine'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(models.Q(('finished_at__isnull', True), ('found__isnull', True), ('seen__isnull', True)), models.Q(('finished_at__isnull', False), ('found__gte', 0), ('seen__gte', 0)), _connector='OR'), name='customers_segmentcount_whole'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='SegmentDay',
                    fields=[
                        ('pk', models.CompositePrimaryKey('segment_id', 'day', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='days', to='customers.segment')),
                        ('day', models.DateField()),
                        ('member_count', models.IntegerField()),
                        ('joined', models.IntegerField(default=0)),
                        ('left_count', models.IntegerField(default=0)),
                    ],
                ),
                migrations.CreateModel(
                    name='ImportAddition',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('row_number', models.IntegerField()),
                        ('kind', models.TextField()),
                        ('customer_id', models.BigIntegerField()),
                        ('target_id', models.BigIntegerField()),
                        ('value', models.TextField(blank=True, default='')),
                        ('is_own', models.BooleanField(default=False)),
                        ('undone', models.TextField(blank=True, choices=[('removed', 'Removed'), ('kept', 'Kept')], default='')),
                        ('kept_because', models.TextField(blank=True, default='')),
                        ('since', models.DateTimeField()),
                        ('at', models.DateTimeField()),
                        ('customer_import', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='additions', to='customers.customerimport')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer_import', 'id'], name='customers_addition_of_import'),
                            models.Index(fields=['target_id'], name='customers_addition_target'),
                            models.Index(fields=['customer_id'], name='customers_addition_customer'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('kind__in', ('address', 'branch', 'flags', 'gender', 'id_number', 'meter_number', 'meter_size', 'owner', 'phone'))), name='customers_importaddition_kind'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Tag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('name', models.TextField()),
                        ('about', models.TextField(blank=True, default='')),
                        ('group', models.TextField(blank=True, default='')),
                        ('tone', models.TextField(blank=True, choices=[('', 'Grey'), ('pri', 'Blue'), ('info', 'Teal'), ('ok', 'Green'), ('warn', 'Amber'), ('bad', 'Red')], default='')),
                        ('is_active', models.BooleanField(default=True)),
                        ('created_at', models.DateTimeField()),
                        ('created_by_id', models.BigIntegerField(null=True)),
                        ('merged_into', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='customers.tag')),
                    ],
                    options={
                        'constraints': [
                            models.UniqueConstraint(django.db.models.functions.text.Lower('name'), condition=models.Q(('merged_into__isnull', True)), name='customers_tag_name'),
                            models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='customers_tag_named'),
                            models.CheckConstraint(condition=models.Q(('tone__in', ['', 'pri', 'info', 'ok', 'warn', 'bad'])), name='customers_tag_tone'),
                            models.CheckConstraint(condition=models.Q(('merged_into__isnull', True), ('is_active', False), _connector='OR'), name='customers_tag_merged_is_over'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CustomerTag',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('at', models.DateTimeField()),
                        ('actor_id', models.BigIntegerField(null=True)),
                        ('through_merge_of', models.BigIntegerField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='tags', to='customers.customer')),
                        ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='customers', to='customers.tag')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer'], name='customers_customertag_of'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('tag', 'customer'), name='customers_customertag_once'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='TagRun',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reached', models.BigIntegerField(default=0)),
                        ('seen', models.IntegerField(default=0)),
                        ('added', models.IntegerField(default=0)),
                        ('asked_at', models.DateTimeField()),
                        ('finished_at', models.DateTimeField(null=True)),
                        ('asked_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('segment', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.segment')),
                        ('tag', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='runs', to='customers.tag')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('added__gte', 0), ('seen__gte', 0), ('added__lte', models.F('seen'))), name='customers_tagrun_counts'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='TagKept',
                    fields=[
                        ('tag', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='kept', serialize=False, to='customers.tag')),
                        ('customer_count', models.IntegerField(default=0)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('customer_count__gte', 0)), name='customers_tag_count'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='HandOverOfCustomers',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('day', models.DateField()),
                        ('reason', models.TextField()),
                        ('note', models.TextField(blank=True, default='')),
                        ('customer_count', models.IntegerField()),
                        ('made_at', models.DateTimeField()),
                        ('made_by_id', models.BigIntegerField(null=True)),
                        ('from_manager', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='staff.organisation')),
                        ('to_manager', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('from_manager', models.F('to_manager')), _negated=True), name='customers_handover_another'),
                            models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='customers_handover_reason'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='HandedOver',
                    fields=[
                        ('pk', models.CompositePrimaryKey('hand_over_id', 'customer_id', blank=True, editable=False, primary_key=True, serialize=False)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer')),
                        ('hand_over', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='handed', to='customers.handoverofcustomers')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer'], name='customers_handed_customer'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='ManagerAssignment',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('period', django.contrib.postgres.fields.ranges.DateRangeField()),
                        ('reason', models.TextField(blank=True, default='')),
                        ('end_reason', models.TextField(blank=True, default='')),
                        ('assigned_at', models.DateTimeField()),
                        ('assigned_by_id', models.BigIntegerField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='manager_assignments', to='customers.customer')),
                        ('hand_over', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.handoverofcustomers')),
                        ('manager', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['manager'], name='customers_manager_of'),
                        ],
                        'constraints': [
                            django.contrib.postgres.constraints.ExclusionConstraint(expressions=[('customer', '='), ('period', '&&')], name='customers_manager_one'),
                            models.CheckConstraint(condition=models.Q(('period__isempty', False), ('period__startswith__isnull', False)), name='customers_manager_period'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='VisitPlan',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('every_months', models.SmallIntegerField(choices=[(1, 'Every month'), (2, 'Every two months'), (3, 'Every quarter'), (6, 'Twice a year'), (12, 'Once a year')])),
                        ('due_date', models.DateField()),
                        ('purpose', models.TextField(blank=True, default='')),
                        ('changed_at', models.DateTimeField()),
                        ('changed_by_id', models.BigIntegerField(null=True)),
                        ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='visit_plan', to='customers.customer')),
                    ],
                    options={
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('every_months__in', [1, 2, 3, 6, 12])), name='customers_visitplan_rhythm'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='CustomerVisit',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('state', models.TextField(choices=[('planned', 'Planned'), ('done', 'Done'), ('skipped', 'Left out')], default='planned')),
                        ('date', models.DateField()),
                        ('first_date', models.DateField()),
                        ('topic', models.TextField()),
                        ('how', models.TextField(choices=[('on_site', 'At their place'), ('office', 'At our office'), ('phone', 'By telephone'), ('video', 'By video')], default='on_site')),
                        ('result', models.TextField(blank=True, choices=[('fine', 'All well'), ('wish', 'Has a wish'), ('concern', 'Has a concern'), ('absent', 'Nobody met')], default='')),
                        ('note', models.TextField(blank=True, default='')),
                        ('next_step', models.TextField(blank=True, default='')),
                        ('reason', models.TextField(blank=True, default='')),
                        ('made_at', models.DateTimeField()),
                        ('made_by_id', models.BigIntegerField(null=True)),
                        ('closed_at', models.DateTimeField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='customers.customer')),
                        ('manager', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', 'id'], name='customers_visit_of'),
                            models.Index(fields=['manager', 'date'], name='customers_visit_manager'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(condition=models.Q(('state', 'planned')), fields=('customer',), name='customers_visit_one_ahead'),
                            models.CheckConstraint(condition=models.Q(('topic', ''), _negated=True), name='customers_visit_topic'),
                            models.CheckConstraint(condition=models.Q(('how__in', ['on_site', 'office', 'phone', 'video'])), name='customers_visit_how'),
                            models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('result', ''), ('state', 'planned')), models.Q(('closed_at__isnull', False), ('result__in', ['fine', 'wish', 'concern', 'absent']), ('state', 'done')), models.Q(('closed_at__isnull', False), ('result', ''), ('state', 'skipped'), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='customers_visit_state'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='Hold',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('reason', models.TextField()),
                        ('placed_at', models.DateTimeField()),
                        ('released_at', models.DateTimeField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='holds', to='customers.customer')),
                        ('placed_by', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                        ('released_by', models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', 'id'], name='customers_hold_of'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='customers_hold_reason'),
                            models.CheckConstraint(condition=models.Q(models.Q(('released_at__isnull', True), ('released_by__isnull', True)), models.Q(('released_at__gte', models.F('placed_at')), ('released_by__isnull', False)), _connector='OR'), name='customers_hold_whole'),
                            models.UniqueConstraint(condition=models.Q(('released_at__isnull', True)), fields=('customer',), name='customers_hold_once'),
                        ],
                    },
                ),
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
                    options={
                        'indexes': [
                            models.Index(fields=['customer'], name='customers_protection_of'),
                            models.Index(condition=models.Q(('premises__isnull', False)), fields=['premises'], name='customers_protection_at'),
                            models.Index(condition=models.Q(('stage__in', ['due', 'grace', 'overdue'])), fields=['due_date', 'id'], name='customers_protection_work'),
                            models.Index(condition=models.Q(('moves_on__isnull', False)), fields=['moves_on', 'id'], name='customers_protection_moves'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('kind__in', ['hospital', 'life_support', 'elderly_alone', 'infant', 'disabled', 'welfare', 'school', 'public_safety', 'important'])), name='customers_protection_kind'),
                            models.CheckConstraint(condition=models.Q(('stage__in', ['claimed', 'in_force', 'due', 'grace', 'overdue', 'ended'])), name='customers_protection_stage'),
                            models.CheckConstraint(condition=models.Q(models.Q(('grace_until__isnull', True), ('until__isnull', True)), models.Q(('grace_until__gte', models.F('until')), ('until__gt', models.F('since'))), _connector='OR'), name='customers_protection_days'),
                            models.CheckConstraint(condition=models.Q(models.Q(('confirmed_at__isnull', True), ('document__isnull', True), ('seen_date', None)), models.Q(('confirmed_at__isnull', False), ('seen_date__isnull', False), models.Q(('document__isnull', False), models.Q(('issuer', ''), _negated=True), _connector='OR')), _connector='OR'), name='customers_protection_proven'),
                            models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True), models.Q(('stage', 'ended'), _negated=True)), models.Q(('ended_at__isnull', False), ('moves_on', None), ('stage', 'ended'), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='customers_protection_ended_whole'),
                            models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('customer', 'kind', 'premises'), name='customers_protection_once', nulls_distinct=False),
                        ],
                    },
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
                    options={
                        'indexes': [
                            models.Index(fields=['protection', 'id'], name='customers_protectionstep_of'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='FormerPhone',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(db_collation='C')),
                        ('extension', models.TextField(blank=True, default='')),
                        ('digits', models.TextField(db_collation='C')),
                        ('kind', models.TextField(choices=[('mobile', 'Mobile'), ('landline', 'Landline'), ('service', 'Service number'), ('foreign', 'Foreign')])),
                        ('label', models.TextField(blank=True, default='')),
                        ('since', models.DateTimeField()),
                        ('until', models.DateTimeField()),
                        ('reason', models.TextField(choices=[('not_in_service', 'Not in service'), ('wrong_person', "Somebody else's now"), ('replaced', 'Replaced by another'), ('asked', "At the customer's wish")])),
                        ('staff_id', models.BigIntegerField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='former_phones', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', '-until'], name='customers_former_of'),
                            models.Index(fields=['digits'], name='customers_former_whole'),
                        ],
                        'constraints': [
                            models.CheckConstraint(condition=models.Q(('reason__in', ['not_in_service', 'wrong_person', 'replaced', 'asked'])), name='customers_former_reason'),
                            models.CheckConstraint(condition=models.Q(('until__gte', models.F('since'))), name='customers_former_period'),
                        ],
                    },
                ),
                migrations.CreateModel(
                    name='PhoneAttempt',
                    fields=[
                        ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                        ('number', models.TextField(db_collation='C')),
                        ('extension', models.TextField(blank=True, default='')),
                        ('outcome', models.TextField(choices=[('reached', 'Reached'), ('confirmed', 'Confirmed by the customer'), ('called_us', 'Called from it'), ('refused', 'Did not want to talk'), ('busy', 'Busy'), ('no_answer', 'No answer'), ('not_in_service', 'Not in service'), ('wrong_person', 'Somebody else answers')])),
                        ('at', models.DateTimeField()),
                        ('source', models.TextField(db_collation='C')),
                        ('ref', models.TextField(db_collation='C')),
                        ('staff_id', models.BigIntegerField(null=True)),
                        ('customer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='phone_attempts', to='customers.customer')),
                    ],
                    options={
                        'indexes': [
                            models.Index(fields=['customer', 'number'], name='customers_attempt_of'),
                        ],
                        'constraints': [
                            models.UniqueConstraint(fields=('source', 'ref'), name='customers_attempt_once'),
                            models.CheckConstraint(condition=models.Q(('outcome__in', ['reached', 'confirmed', 'called_us', 'refused', 'busy', 'no_answer', 'not_in_service', 'wrong_person'])), name='customers_attempt_outcome'),
                        ],
                    },
                ),
            ]
        ),
        # Room on each page: no index holds the tier, so a row that comes into another tier stays where
        # the indexes point to. Half a percent of customers do in a night.
        migrations.RunSQL(
            "ALTER TABLE customers_customer SET (fillfactor = 92)",
            "ALTER TABLE customers_customer RESET (fillfactor)",
        ),
    ]
