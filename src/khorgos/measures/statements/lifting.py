"""Put a statement's common table expressions at its top, each once and under a name of its own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from sqlglot import exp


def lifted(select: exp.Select, *, copy: bool = True) -> exp.Select:
    """The same statement with all its common table expressions in one list, each after those that it reads.

    Engines differ in what a name means inside another statement that has the same name, and in whether
    they compute the same expression once: this says both.

    Args:
        select: the statement.
        copy: leave it as it is; without, it is changed.
    """
    whole = select.copy() if copy else select
    meant = {id(node): cte for node in whole.find_all(exp.Table) if (cte := _meant(node)) is not None}
    names: dict[int, str] = {}
    listed: list[exp.CTE] = []
    kept: dict[str, list[exp.CTE]] = {}
    for cte in _in_order(whole, meant):
        body = cast(exp.Expression, cte.this)
        _rename(body, meant, names)
        alike = kept.setdefault(cte.alias, [])
        same = next((one for one in alike if one.this == body), None)
        if same is None:
            name = cte.alias if not alike else f"{cte.alias}_v{len(alike) + 1}"
            same = exp.CTE(this=body, alias=exp.TableAlias(this=exp.to_identifier(name)))
            alike.append(same)
            listed.append(same)
        names[id(cte)] = same.alias
    _rename(whole, meant, names)
    if listed:
        whole.set("with_", exp.With(expressions=listed))
    return whole


def _meant(node: exp.Table) -> exp.CTE | None:
    """The common table expression that a name means: the nearest around it, never itself or a later one."""
    if node.db:
        return None
    inside: exp.Expr | None = node
    while inside is not None:
        clause = inside.args.get("with_")
        if clause is not None:
            for cte in clause.expressions:
                if cte.alias == node.name:
                    return cast(exp.CTE, cte)
        if isinstance(inside, exp.CTE) and isinstance(inside.parent, exp.With):
            # a sibling that stands before; then on to the statements around the whole clause
            for cte in inside.parent.expressions:
                if cte is inside:
                    break
                if cte.alias == node.name:
                    return cast(exp.CTE, cte)
            outer = inside.parent.parent
            inside = outer.parent if outer is not None else None
        else:
            inside = inside.parent
    return None


def _in_order(whole: exp.Expression, meant: dict[int, exp.CTE]) -> Iterator[exp.CTE]:
    """Each common table expression that is read, after those that it reads."""
    done: set[int] = set()

    def visit(scope: exp.Expression) -> Iterator[exp.CTE]:
        for node in list(scope.find_all(exp.Table)):
            cte = meant.get(id(node))
            if cte is not None and id(cte) not in done:
                done.add(id(cte))
                yield from visit(cast(exp.Expression, cte.this))
                yield cte

    yield from visit(whole)


def _rename(body: exp.Expression, meant: dict[int, exp.CTE], names: dict[int, str]) -> None:
    """Call what is read by its new name, and drop the clauses whose expressions were lifted."""
    for clause in list(body.find_all(exp.With)):
        clause.pop()
    for node in body.find_all(exp.Table):
        cte = meant.get(id(node))
        if cte is not None:
            node.set("alias", exp.TableAlias(this=exp.to_identifier(node.alias or node.name)))
            node.set("this", exp.to_identifier(names[id(cte)]))
