"""What the worker does once an hour for the whole site."""

import logging
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.utils import timezone

from studio.accounts.models import SignInFailure, SignInLink
from studio.blobs.sweep import sweep
from studio.closeups.order import purge as purge_close_ups
from studio.datasets.decision_log import prune as prune_decisions
from studio.datasets.purge import purge as purge_datasets
from studio.events.prune import prune
from studio.networks.purge import purge as purge_networks
from studio.projections.purge import purge as purge_projections
from studio.scenes.curves import purge as purge_curves
from studio.training.purge import purge as purge_training

logger = logging.getLogger(__name__)


def run_chores() -> None:
    """Empty bins, sweep blobs and uploads, thin out old progress, forget old decisions, sessions and links."""
    now = timezone.now()
    purge_curves()
    purge_close_ups()
    purge_projections()
    purge_training()
    purge_datasets()
    purge_networks()
    prune_decisions()
    swept, pruned = sweep(), prune()
    Session.objects.filter(expire_date__lt=now).delete()
    SignInLink.objects.filter(expires_at__lt=now - timedelta(days=7)).delete()
    SignInFailure.objects.filter(at__lt=now - timedelta(hours=1)).delete()
    if swept or pruned:
        logger.info("Swept %d files and %d old steps of progress.", swept, pruned)
