"""Where numba keeps the compiled engine: one directory per state of the sources, versions and machine.

Numba drops a cached function when the file that defines it changes, but not when a function that it
calls has changed. The directory name carries a hash of everything the machine code depends on, so that
code compiled from other sources is never found.
"""

from __future__ import annotations

import hashlib
import platform
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from llvmlite import binding
from numba.core import config

ENGINE = Path(__file__).parent
SETTINGS = config.__dict__  # numba's public settings, read when a function is decorated


def fingerprint(folder: Path = ENGINE) -> str:
    """Hash of the engine's sources in ``folder``, of its compilers' versions and of the processor."""
    digest = hashlib.sha256()
    for source in sorted(folder.rglob("*.py")):
        digest.update(source.name.encode() + b"\0" + source.read_bytes() + b"\0")
    machine = (binding.get_host_cpu_name(), binding.get_host_cpu_features().flatten(), platform.machine())
    versions = (platform.python_version(), *(version(name) for name in ("numba", "llvmlite", "numpy")))
    digest.update(repr((machine, versions)).encode())
    return digest.hexdigest()[:20]


def directory() -> Path:
    """The cache directory of this engine, below ``NUMBA_CACHE_DIR`` or the repository's ``.cache``."""
    base = Path(SETTINGS["CACHE_DIR"] or ENGINE.parents[1] / ".cache" / "numba")
    path = base / fingerprint()
    try:
        path.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=path).close()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="engine-numba-"))
    return path


@contextmanager
def engine_cache() -> Iterator[None]:
    """Functions decorated with ``cache=True`` inside this block are cached in `directory`."""
    before = SETTINGS["CACHE_DIR"]
    SETTINGS["CACHE_DIR"] = str(directory())
    try:
        yield
    finally:
        SETTINGS["CACHE_DIR"] = before
