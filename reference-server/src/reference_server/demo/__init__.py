"""The main job, end to end, on a laptop: from an invoice to everything that Spain asks for."""

from reference_server.demo.outcome import Outcome, Step, Verdict
from reference_server.demo.run import run

__all__ = ["Outcome", "Step", "Verdict", "run"]
