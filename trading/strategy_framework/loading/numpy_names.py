"""Words of numpy that version 2 took away (`np.NaN`), read as those that mean the same."""

import ast

_NUMPY = {"NaN": "nan", "NAN": "nan", "Inf": "inf", "Infinity": "inf", "infty": "inf", "float_": "float64"}


class NumpyNames(ast.NodeTransformer):
    """Replace the names that NumPy 2 took away (`np.NaN`) by those that mean the same."""

    def __init__(self) -> None:
        self._numpy = {"numpy"}

    def visit_Import(self, node: ast.Import) -> ast.Import:
        """Note what numpy is called in this file."""
        self._numpy |= {alias.asname for alias in node.names if alias.name == "numpy" and alias.asname}
        return node

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.ImportFrom | ast.Import:
        """Rename what is imported from numpy; the file goes on calling it by its old name.

        Editors have put `from numpy.lib import math` into many files by themselves.
        """
        if node.module == "numpy.lib" and [alias.name for alias in node.names] == ["math"]:
            return ast.copy_location(ast.Import(names=node.names), node)
        if node.module == "numpy.lib.function_base":
            node.module = "numpy"
        if node.module == "numpy":
            for alias in node.names:
                if alias.name in _NUMPY:
                    alias.name, alias.asname = _NUMPY[alias.name], alias.asname or alias.name
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.Attribute:
        """Rename an attribute of numpy."""
        self.generic_visit(node)
        if isinstance(node.value, ast.Name) and node.value.id in self._numpy:
            node.attr = _NUMPY.get(node.attr, node.attr)
        return node
