"""Events of networks and imports."""

from studio.accounts.models import User
from studio.events.record import record
from studio.networks.models import Network, SnapshotImport
from studio.networks.present import import_out, network_out


def tell(network: Network, kind: str, *, by: User | None) -> None:
    record(network.project_id, kind, subject=network.subject, payload=network_out(network), actor=by)


def tell_import(coming: SnapshotImport, *, by: User | None) -> None:
    record(coming.project_id, "import.changed", subject=coming.subject, payload=import_out(coming), actor=by)
