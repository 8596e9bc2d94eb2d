"""``python -m reference_server`` is the command ``einvoice``."""

from reference_server.cli import main

main()
