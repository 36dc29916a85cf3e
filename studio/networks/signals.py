"""Told when snapshots of a network are there. Apps above may listen; this one need not know them."""

from django.dispatch import Signal

# Sent with network=Network, inside the transaction.
network_ready = Signal()
