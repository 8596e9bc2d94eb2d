"""``python -m facturae_es`` is the command ``facturae``."""

from facturae_es.cli import main

__all__ = ["main"]

if __name__ == "__main__":
    main(prog_name="facturae")
