"""The batch on a Dask cluster of this machine."""

from pathlib import Path

import pytest

import ubl_peppol
from ubl_peppol.testing import small_invoice

distributed = pytest.importorskip("distributed", reason="Dask is not installed")

GOOD = ubl_peppol.ubl.write(small_invoice())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_cluster_gives_the_same_reports(tmp_path: Path) -> None:
    for number in range(30):
        data = (GOOD, GOOD.replace(b">ES<", b">XX<"), b"<broken")[number % 3]
        (tmp_path / f"{number:02}.xml").write_bytes(data)
    expected = list(ubl_peppol.validate_many([tmp_path], "peppol-bis-3", jobs=1))
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        found = ubl_peppol.validate_many(
            [tmp_path], "peppol-bis-3", executor=client.get_executor(), chunk=4
        )
        assert list(found) == expected
