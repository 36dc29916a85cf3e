"""What training goes on from is kept beside the snapshots that a run made."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blobs", "0002_device_and_receipt"),
        ("networks", "0003_imports_of_projects"),
    ]

    operations = [
        migrations.AddField(
            model_name="snapshot",
            name="training",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="blobs.blob"
            ),
        ),
    ]
