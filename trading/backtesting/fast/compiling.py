"""Compile the scan to machine code for this processor: seconds, once per version of its sources.

The compiler's own way of keeping machine code still costs half a second of its imports in every run.
So what it made is taken out as one plain function without any outside reference, which another process
loads in milliseconds.
"""

import llvmlite.binding as llvm
import numba
from numba import types
from numba.extending import register_jitable

from trading.backtesting.fast import kernels
from trading.backtesting.fast.packing import entry
from trading.strategy_framework.trade_manager import rules

_CALLED = (
    rules.profit_ratio,
    rules.stop_is_hit,
    rules.stop_may_move,
    rules.stop_price,
    rules.trailing_ratio,
    kernels.round_stop,
    kernels.compare,
    kernels.trailing,
    kernels.signal_and_return,
    kernels.judge,
    kernels.scan,
)


def object_code(symbol: str, target: llvm.TargetMachine) -> bytes:
    """Return an object file with the scan under the name `symbol`.

    It is called as `status = symbol(&row, &error, …the arguments of packing.entry)`; it never fails.
    """
    module, name = _module()
    for function in module.functions:
        if not function.is_declaration:
            function.linkage = "external" if function.name == name else "internal"
    tuning = llvm.create_pipeline_tuning_options(speed_level=3)
    builder = llvm.create_pass_builder(target, tuning)
    builder.getModulePassManager().run(module, builder)
    outside = [
        each.name for each in module.functions if each.is_declaration and not each.name.startswith("llvm.")
    ]
    assert not outside, f"the scan refers to {outside}: it would not run in another process"
    module.get_function(name).name = symbol
    code: bytes = target.emit_object(module)
    return code


def _module() -> tuple[llvm.ModuleRef, str]:
    """Return the scan as the compiler's module, and the name of its function there."""
    for function in _CALLED:
        register_jitable(error_model="numpy")(function)
    floats, marks, rows = map(types.CPointer, (types.float64, types.int8, types.int64))
    size = types.int64
    signature = size(floats, floats, floats, marks, marks, rows, floats, floats, size, size, size)
    compiled = numba.cfunc(signature, error_model="numpy")(entry)
    return llvm.parse_assembly(compiled.inspect_llvm()), compiled.native_name.removeprefix("cfunc.")
