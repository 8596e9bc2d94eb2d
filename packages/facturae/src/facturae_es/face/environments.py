"""Where FACe and FACeB2B are; every address is a default that a caller may replace.

The manuals are not of one mind about hosts and prefixes, so all of it can be configured.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources

__all__ = ["Environment", "local", "production", "staging"]


@dataclass(frozen=True, slots=True)
class Environment:
    """The addresses of one environment.

    Args:
        name: ``production``, ``staging`` or ``local``.
        rest: Base of the REST service, with its prefix and without a final stroke.
        soap: The SOAP service for suppliers.
        soap_namespace: Namespace of its operations.
        soap_classic: The older SOAP service for suppliers.
        soap_classic_namespace: Namespace of its operations.
        b2b: FACeB2B.
        b2b_namespace: Namespace of its operations.
    """

    name: str
    rest: str
    soap: str
    soap_namespace: str
    soap_classic: str
    soap_classic_namespace: str
    b2b: str
    b2b_namespace: str


@cache
def _table() -> dict[str, dict[str, str]]:
    data = resources.files("facturae_es.face").joinpath("environments.toml").read_text("utf-8")
    return tomllib.loads(data)


def _environment(name: str) -> Environment:
    return Environment(name, **{k: v for k, v in _table()[name].items() if k != "source"})


def production() -> Environment:
    """The real FACe: an invoice sent there is submitted."""
    return _environment("production")


def staging() -> Environment:
    """FACe's environment for integration (``servicios estables``)."""
    return _environment("staging")


def local(url: str) -> Environment:
    """The sandbox on this machine.

    Args:
        url: Scheme, host and port.
    """
    real = staging()
    return Environment(
        "local",
        f"{url}/v1",
        f"{url}/proveedores/v1/factura",
        real.soap_namespace,
        f"{url}/facturasspp2",
        real.soap_classic_namespace,
        f"{url}/sv1/invoice",
        real.b2b_namespace,
    )
