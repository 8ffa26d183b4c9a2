"""What an installed Tidegate holds: setuptools takes only folders that say they are packages."""

import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_folder_with_code_is_a_package_and_so_part_of_the_wheel() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]["find"]
    roots = [ROOT / pattern.removesuffix("*") for pattern in settings["include"]]
    folders = {file.parent for root in roots for file in root.rglob("*.py")}
    assert len(folders) > len(roots)
    assert sorted(folder for folder in folders if not (folder / "__init__.py").exists()) == []
