"""Judge many invoices on a Dask cluster, resumable, with the same reports as on this machine."""

import tempfile
from pathlib import Path

import ubl_peppol
from ubl_peppol.testing import small_invoice


def main() -> None:
    """Judge a folder on a cluster of two processes; elsewhere give its address instead."""
    from distributed import Client, LocalCluster

    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for number in range(40):
            xml = ubl_peppol.ubl.write(small_invoice())
            if number % 10 == 0:
                xml = xml.replace(b">ES<", b">XX<")
            (folder / f"{number:02}.xml").write_bytes(xml)

        with (
            LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            # Any concurrent.futures.Executor will do; the workers must see the same files.
            reports = ubl_peppol.validate_many(
                [folder],
                profile="peppol-bis-3",
                executor=client.get_executor(),
                journal=folder / "journal",
            )
            wrong = [Path(report.file).name for report in reports if not report.valid]
    print("wrong:", ", ".join(wrong))
    assert wrong == ["00.xml", "10.xml", "20.xml", "30.xml"]


if __name__ == "__main__":
    main()
