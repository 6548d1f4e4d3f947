"""The files of another COG, given as a folder or as an archive of it."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from ckanext.opendatafrance.errors import N_, DataFileError
from ckanext.opendatafrance.reference import checking, files


@contextmanager
def another(path: Path | None) -> Iterator[None]:
    """Within it the COG is that of a folder or ZIP archive, checked first; without a path, that of the suite.

    Raises:
        DataFileError: something in it is wrong; names the file, the line, the value and the remedy.
    """
    if path is None:
        yield
    elif path.is_dir():
        checking.check(path)
        with files.reading(path):
            yield
    else:
        with TemporaryDirectory() as folder:
            _unpack(path, Path(folder))
            checking.check(Path(folder))
            with files.reading(Path(folder)):
                yield


def _unpack(path: Path, folder: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                # By its last part only, so that no name leads out of the folder.
                name = PurePosixPath(member).name
                if name in checking.NAMES:
                    (folder / name).write_bytes(archive.read(member))
    except (OSError, zipfile.BadZipFile) as error:
        raise DataFileError(
            N_("{file} is no folder and no ZIP archive that can be read: give what rebuild.py wrote."), file=str(path)
        ) from error
