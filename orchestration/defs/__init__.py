"""One folder per concept; whatever a module here defines is part of the code location."""

import warnings

# Partitioned checks and loading by folder: decided upon, with Dagster pinned.
warnings.filterwarnings("ignore", message=".*is currently in preview")
