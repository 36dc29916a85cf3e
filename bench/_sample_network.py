"""The newest snapshot of the network that comes with Phosphene."""

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
NETWORK = sorted((REPOSITORY / "studio" / "demo" / "sample_network").glob("*.safetensors"))[-1]
