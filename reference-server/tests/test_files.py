import errno
from pathlib import Path

import pytest

from reference_server import checkpoints, files


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    digest = files.write(tmp_path, b"content")
    assert files.write(tmp_path, b"content") == digest
    assert files.read(tmp_path, digest) == b"content"


def test_a_changed_or_missing_file_is_refused(tmp_path: Path) -> None:
    digest = files.write(tmp_path, b"content")
    files.path_of(tmp_path, digest).write_bytes(b"other")
    with pytest.raises(files.DamagedFileError):
        files.read(tmp_path, digest)
    with pytest.raises(files.DamagedFileError):
        files.read(tmp_path, "0" * 64)


def test_a_full_disk_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    with pytest.raises(files.FullDiskError, match="No space left"):
        files.write(tmp_path, b"content")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_every_point_has_one_name() -> None:
    assert len(set(checkpoints.NAMES)) == len(checkpoints.NAMES)
