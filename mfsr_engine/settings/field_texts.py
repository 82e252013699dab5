"""The strings below the fields of a dataclass, so that window, command line and code explain a setting in the same words."""

from __future__ import annotations

import ast
import inspect
import textwrap
from functools import cache
from itertools import pairwise


@cache
def field_texts(kind: type) -> dict[str, str]:
    """Text of each field of a dataclass, by name, on one line; empty where the source is not at hand.

    Args:
        kind: a dataclass whose fields are followed by strings.
    """
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(kind)))
    except (OSError, TypeError, SyntaxError):
        return {}
    body = tree.body[0].body if isinstance(tree.body[0], ast.ClassDef) else []
    texts = {}
    for first, second in pairwise(body):
        if (
            isinstance(first, ast.AnnAssign)
            and isinstance(first.target, ast.Name)
            and isinstance(second, ast.Expr)
            and isinstance(second.value, ast.Constant)
            and isinstance(second.value.value, str)
        ):
            texts[first.target.id] = " ".join(second.value.value.split())
    return texts
