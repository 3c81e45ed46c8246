"""What a person may use is kept with their rights: decisions on features raise the version."""

from django.db import migrations

SQL = """
CREATE TRIGGER staff_rights_feature AFTER INSERT OR UPDATE OR DELETE ON core_featureswitch
    FOR EACH STATEMENT EXECUTE FUNCTION staff_raise_rights_version();
"""


class Migration(migrations.Migration):
    dependencies = [("staff", "0008_sealed_units"), ("core", "0009_features")]
    operations = [
        migrations.RunSQL(SQL, "DROP TRIGGER staff_rights_feature ON core_featureswitch")
    ]
