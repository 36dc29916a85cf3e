"""Imports on their way belong to the project of the network that they were put into."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models


def name_projects(apps: Any, _: Any) -> None:
    for coming in apps.get_model("networks", "SnapshotImport").objects.filter(project=None).select_related("wanted"):
        if coming.wanted is None:
            coming.delete()
        else:
            coming.project_id = coming.wanted.project_id
            coming.save(update_fields=["project"])


class Migration(migrations.Migration):
    # PostgreSQL alters no table whose rows were changed in the same transaction.
    atomic = False

    dependencies = [("projects", "0001_initial"), ("networks", "0002_vectors")]

    operations = [
        migrations.RunPython(name_projects, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="snapshotimport",
            name="project",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="snapshot_imports", to="projects.project"
            ),
        ),
    ]
