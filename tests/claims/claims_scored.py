"""Detection, core and strict F1 of what was read against what was marked, by the rules of the annotated set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

Row = dict[str, Any]

#: Kinds that are one to the scorer: a price called a level is no error of reading.
_FAMILY = {"level": "amount", "balance": "amount", "quantity": "amount", "price": "amount", "other": "amount"}
_SLACK = 0.002  # of the value; what the annotated set's scorer allows


@dataclass(frozen=True)
class Pair:
    """A mark and the claim that stands for it."""

    gold: Row
    pred: Row

    @property
    def slots(self) -> dict[str, bool]:
        """Which slots are right."""
        gold, pred = self.gold, self.pred
        direction = _direction(gold) == _direction(pred)
        value = _same(gold["value"], pred["value"])
        if not direction and _turned(gold, pred):
            direction, value = True, _same(gold["value"], -pred["value"])
        return {
            "kind": _family(gold["kind"]) == _family(pred["kind"]),
            "value": value,
            "unit": gold["unit"] == pred["unit"],
            "direction": direction,
            "period": gold["period"] == pred["period"],
        }

    @property
    def core(self) -> bool:
        return all(self.slots[slot] for slot in ("kind", "value", "unit"))

    @property
    def strict(self) -> bool:
        return all(self.slots.values())


@dataclass(frozen=True)
class Score:
    """The three figures, and what they were counted from."""

    marked: int
    read: int
    found: int
    core_right: int
    strict_right: int

    def _f1(self, right: int) -> float:
        return 2 * right / (self.marked + self.read) if self.marked + self.read else 1.0

    @property
    def detection(self) -> float:
        return self._f1(self.found)

    @property
    def core(self) -> float:
        return self._f1(self.core_right)

    @property
    def strict(self) -> float:
        return self._f1(self.strict_right)

    def __add__(self, other: Score) -> Score:
        return Score(
            self.marked + other.marked,
            self.read + other.read,
            self.found + other.found,
            self.core_right + other.core_right,
            self.strict_right + other.strict_right,
        )


def score(gold: Sequence[Row], pred: Sequence[Row]) -> Score:
    """The score of all articles together; rows name their article."""
    total = Score(0, 0, 0, 0, 0)
    for name in {row["article"] for row in (*gold, *pred)}:
        total += _score([g for g in gold if g["article"] == name], [p for p in pred if p["article"] == name])
    return total


def _score(gold: Sequence[Row], pred: Sequence[Row]) -> Score:
    paired = pairs(gold, pred)
    counted = [pair for pair in paired if not pair.gold.get("optional")]
    return Score(
        marked=sum(not row.get("optional") for row in gold),
        read=len(pred) - (len(paired) - len(counted)),
        found=len(counted),
        core_right=sum(pair.core for pair in counted),
        strict_right=sum(pair.strict for pair in counted),
    )


def pairs(gold: Sequence[Row], pred: Sequence[Row]) -> list[Pair]:
    """Marks and claims of one article whose expressions overlap, the best fits first, each used once."""
    fits = []
    for i, g in enumerate(gold):
        for j, p in enumerate(pred):
            common = min(g["value_span"][1], p["value_span"][1]) - max(g["value_span"][0], p["value_span"][0])
            if common > 0:
                slots = Pair(g, p).slots
                fits.append((slots["kind"], sum(slots.values()), common, i, j))
    taken: dict[str, set[int]] = defaultdict(set)
    chosen = []
    for *_, i, j in sorted(fits, reverse=True):
        if i not in taken["gold"] and j not in taken["pred"]:
            taken["gold"].add(i)
            taken["pred"].add(j)
            chosen.append(Pair(gold[i], pred[j]))
    return chosen


def unread(gold: Sequence[Row], paired: Iterable[Pair]) -> list[Row]:
    """Marks that nothing was read of."""
    met = [pair.gold for pair in paired]
    return [row for row in gold if not any(row is other for other in met) and not row.get("optional")]


def _family(kind: str) -> str:
    return _FAMILY.get(kind, kind)


def _same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is None and b is None
    return abs(a - b) <= max(1e-9, _SLACK * max(abs(a), abs(b)))


def _direction(row: Row) -> tuple[Any, ...]:
    a, b, flow = row["reporter"], row["partner"], row["flow"]
    if a and b and flow == "total":
        return ("total", *sorted((a, b)))
    if a and b and flow in ("export", "import"):
        return ("goods", a, b) if flow == "export" else ("goods", b, a)
    return (flow, a, b)


def _turned(gold: Row, pred: Row) -> bool:
    """Whether both say the same balance from opposite sides."""
    return (
        "balance" in (gold["flow"], gold["kind"])
        and (gold["reporter"], gold["partner"]) == (pred["partner"], pred["reporter"])
        and gold["value"] is not None
        and pred["value"] is not None
    )
