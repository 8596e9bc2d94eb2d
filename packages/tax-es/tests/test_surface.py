import subprocess
import sys

import tax_es


def test_the_package_offers_what_it_lists() -> None:
    assert all(hasattr(tax_es, name) for name in tax_es.__all__)


def test_importing_brings_no_heavy_library() -> None:
    program = (
        "import sys, tax_es; print(*sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'numpy', 'lxml', 'cryptography', 'httpx2', 'stdnum', 'pytest', "
        "'click', 'scipy', 'sklearn', 'statsmodels', 'pandas'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""
