from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [("telephony", "0015_dialling_for_own_roles")]

    operations = [migrations.RemoveField(model_name="outgoingcall", name="is_settled")]
