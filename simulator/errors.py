"""Errors of the simulator.

SimulatorError
├── BadRecording    a path without anything that can be served
└── BadControl      a control request that names no known fault, rate or venue
"""


class SimulatorError(Exception):
    """Root of this package's failures."""

    code = "simulator.error"


class BadRecording(SimulatorError):
    """The recording's path holds nothing that can be served."""

    code = "simulator.bad_recording"


class BadControl(SimulatorError):
    """A control request that can't be obeyed."""

    code = "simulator.bad_control"
