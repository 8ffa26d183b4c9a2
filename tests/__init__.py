"""The tests; a package, so that `tests.support` is ours and no other's."""
