"""The code location: everything found under `defs/`, and the policy that applies to all of it."""

import dagster as dg

import orchestration.defs
from orchestration.lifetime import end_runs_with_server
from orchestration.platform import load_platform
from serving.model_store import prepare_environment

end_runs_with_server()
platform = load_platform()
prepare_environment(platform.core)

defs = dg.Definitions.merge(
    dg.load_definitions_from_package_module(orchestration.defs),
    # Jobs are small and the machine is shared: steps run one after the other in the run's process.
    dg.Definitions(resources={"platform": platform}, executor=dg.in_process_executor),
)
