"""``python -m ubl_peppol`` is the command ``ubl-peppol``."""

from ubl_peppol.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main(prog_name="ubl-peppol")
