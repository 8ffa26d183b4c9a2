"""What every Dagster asset promises. A new file under `defs/` is tested by being there."""

from orchestration.definitions import defs


def test_every_asset_has_a_description() -> None:
    graph = defs.resolve_asset_graph()
    silent = [key.to_user_string() for key in graph.get_all_asset_keys() if not graph.get(key).description]
    assert silent == []


def test_the_definitions_load_and_their_jobs_resolve() -> None:
    assert defs.resolve_all_job_defs()
