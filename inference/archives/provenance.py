"""What a result was made from: hashes of panel, code and lock, and the versions of the libraries.

The code of a result is the import closure of the module that made it: the module, what it imports of the four
packages, what those import, and so on. Nothing is listed by hand.
"""

from __future__ import annotations

import ast
import hashlib
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from data.files.hashes import sha256

ROOT = Path(__file__).parents[2]
PACKAGES = ("data", "models", "inference", "reports")
READS = {"data.world.sources": "data/world/sources.toml"}  # what a module reads beside its code
HOLDERS = (ast.stmt, ast.excepthandler, ast.match_case)  # the parts of a syntax tree that statements stand in
LIBRARIES = ("arviz-stats", "numba", "numpy", "nutpie", "pymc", "scipy", "xarray")


@dataclass(frozen=True)
class Provenance:
    """Hashes of what a posterior depends on, beside its settings; ``made_by`` is the module whose ``code`` it is."""

    made_by: str
    panel: str
    code: str
    lock: str
    revision: str

    @property
    def attributes(self) -> dict[str, str]:
        """What an archive says of its origin."""
        hashes = {f"{name}_sha256": getattr(self, name) for name in ("panel", "code", "lock")}
        return {"made_by": self.made_by, **hashes, "revision": self.revision}


@cache
def _path_of(module: str, root: Path) -> Path | None:
    """File of a module under a folder, None where there is none."""
    path = root.joinpath(*module.split("."))
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((candidate for candidate in candidates if candidate.is_file()), None)


def _statements(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    """The imports of a syntax tree wherever they stand, but for those under ``if TYPE_CHECKING``."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        yield node
    inner = ast.iter_child_nodes(node)
    if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
        inner = node.orelse
    for child in inner:
        if isinstance(child, HOLDERS):  # an expression holds no statement, and most of a tree is expressions
            yield from _statements(child)


@cache
def _imported(source: bytes) -> tuple[str, ...]:
    """Names that may be modules of the four packages, from all imports of a file; they need not be modules."""
    names: set[str] = set()
    for statement in _statements(ast.parse(source)):
        if isinstance(statement, ast.Import):
            names |= {alias.name for alias in statement.names}
        elif statement.module and not statement.level:
            names |= {statement.module, *(f"{statement.module}.{alias.name}" for alias in statement.names)}
    return tuple(sorted(name for name in names if name.partition(".")[0] in PACKAGES))


def closure(*modules: str) -> tuple[Path, ...]:
    """Files of the modules and of all that they import from the four packages, sorted; ``__main__`` is never one.

    Imports count wherever they stand, in functions too, but for those under ``if TYPE_CHECKING``. With a module
    count the ``__init__.py`` of its packages and the files that it reads (`READS`). Raises ModuleNotFoundError for
    a module that is not there.
    """
    if missing := [module for module in modules if _path_of(module, ROOT) is None]:
        raise ModuleNotFoundError(f"no module {missing[0]!r} in {ROOT}")
    files: set[Path] = set()
    seen, pending = set(), list(modules)
    while pending:
        module = pending.pop()
        path = _path_of(module, ROOT)
        if module in seen or path is None or module.endswith("__main__"):
            continue
        seen.add(module)
        files |= {path} | ({ROOT / READS[module]} if module in READS else set())
        pending += [*_imported(path.read_bytes()), module.rpartition(".")[0]]
    return tuple(sorted(files))


@cache
def code_sha256(*modules: str) -> str:
    """Hash over the names and contents of the files in the closure of modules."""
    digest = hashlib.sha256()
    for file in closure(*modules):
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def panel_sha256(*files: Path) -> str:
    """Hash of the file of a panel, or of the files that a derived one follows from."""
    digests = [sha256(file) for file in files]
    return digests[0] if len(files) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def lock_sha256() -> str:
    """Hash of the locked versions of the libraries; ``none`` where there is no lock."""
    lock = ROOT / "requirements.lock"
    return sha256(lock) if lock.is_file() else "none"


def _revision() -> str:
    """The commit of the code, with ``+`` after it when files differ from it; ``unknown`` outside a checkout."""
    try:
        out = subprocess.run(
            ["git", "describe", "--always", "--abbrev=12", "--dirty=+"],
            cwd=ROOT, capture_output=True, text=True, check=True,
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return out.stdout.strip()


def provenance(made_by: str, *files: Path) -> Provenance:
    """The provenance of results that a module makes now from the files of a panel."""
    return Provenance(made_by, panel_sha256(*files), code_sha256(made_by), lock_sha256(), _revision())


def versions() -> str:
    """Versions of Python and the libraries that compute, as one line."""
    out = [f"python {sys.version.split()[0]}"]
    for library in LIBRARIES:
        try:
            out.append(f"{library} {version(library)}")
        except PackageNotFoundError:
            continue
    return ", ".join(out)
