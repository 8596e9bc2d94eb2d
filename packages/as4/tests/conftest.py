"""Two access points, and a database server: each made once."""

import itertools
from collections.abc import Callable, Iterator

import psycopg
import pytest

from as4_peppol.testing import Pair
from einvoice_core.testing import databases


@pytest.fixture(scope="session")
def pair() -> Pair:
    return Pair.new()


@pytest.fixture(scope="session")
def new_database() -> Iterator[Callable[[], str]]:
    """Makes an empty database of one PostgreSQL server, and returns its connection string."""
    numbers = itertools.count()
    with databases.postgresql() as address:

        def make() -> str:
            name = f"box{next(numbers)}"
            with psycopg.connect(address, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            return address.replace("dbname=postgres", f"dbname={name}")

        yield make


@pytest.fixture
def postgresql(new_database: Callable[[], str]) -> str:
    return new_database()
