"""The scan as machine code: loaded from the user's cache, or compiled into it.

A cache entry belongs to the sources, the interpreter's and compiler's versions and the processor, so
that neither an upgrade nor a shared home folder brings wrong code. It is written beside and moved into
place, so that two first runs at once do no harm.
"""

import ctypes
import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path
from platform import python_version

import llvmlite.binding as llvm

from trading.backtesting.fast import kernels, packing
from trading.strategy_framework.trade_manager import rules

_SYMBOL = "tidegate_scan"
_DIGEST_BYTES = 32
_FOLDER = Path(__file__).parent
_SOURCES = (
    Path(rules.__file__),
    Path(kernels.__file__),
    Path(packing.__file__),
    _FOLDER / "compiling.py",
    Path(__file__),
)

Scan = Callable[..., int]
"""Seven addresses of columns, that of the packed row, and three counts; the row that was found."""


@cache
def scan_function() -> Scan:
    """Return the compiled scan: see `packing.entry` for its arguments, as addresses and integers."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(),
        features=llvm.get_host_cpu_features().flatten(),
        opt=3,
        jit=True,
        codemodel="jitdefault",
    )
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), target)
    engine.add_object_file(llvm.ObjectFileRef.from_data(_object_code(target)))
    engine.finalize_object()
    address = engine.get_function_address(_SYMBOL)
    return _callable(address, engine)


def cache_folder() -> Path:
    """Return where machine code is kept: `tidegate/compiled` below the user's cache folder."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tidegate" / "compiled"


def _callable(address: int, engine: llvm.ExecutionEngine) -> Scan:
    pointer, size = ctypes.c_void_p, ctypes.c_int64
    native = ctypes.PYFUNCTYPE(ctypes.c_int32, *(pointer,) * 10, size, size, size)(address)
    kept = engine  # The code lives as long as its engine.

    def scan(*arguments: int) -> int:
        row, error = ctypes.c_int64(), ctypes.c_void_p()  # Of this call: threads may scan side by side.
        status = native(ctypes.byref(row), ctypes.byref(error), *arguments)
        assert status == 0, (status, kept)
        return row.value

    return scan


def _object_code(target: llvm.TargetMachine) -> bytes:
    """Return the machine code, kept or new; without a writable cache it is compiled in every process."""
    path = cache_folder() / f"scan-{_fingerprint()}.o"
    kept = _read(path)
    if kept is not None:
        return kept
    from trading.backtesting.fast.compiling import object_code  # noqa: PLC0415 - only the first run needs it

    code = object_code(_SYMBOL, target)
    _write(path, code)
    return code


def _read(path: Path) -> bytes | None:
    """Return a cache entry, None where there is none or it is damaged: running that would be fatal."""
    try:
        content = path.read_bytes()
    except OSError:
        return None
    digest, code = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
    return code if hashlib.sha256(code).digest() == digest else None


def _write(path: Path, code: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(hashlib.sha256(code).digest() + code)
        Path(file.name).replace(path)
    except OSError:
        return


def _fingerprint() -> str:
    digest = hashlib.sha256()
    for part in (
        version("numba"),
        version("llvmlite"),
        python_version(),
        llvm.get_process_triple(),
        llvm.get_host_cpu_name(),
        llvm.get_host_cpu_features().flatten(),
    ):
        digest.update(part.encode())
    for source in _SOURCES:
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
