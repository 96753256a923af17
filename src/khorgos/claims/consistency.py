"""Inside the text: which claims do not agree with each other, and which one of them to look at first."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass

from khorgos.claims.amounts import Text
from khorgos.claims.claim import Claim
from khorgos.claims.orderings import orderings
from khorgos.claims.relations import Relation, relations

_EQUALS = frozenset({"repeat", "sum", "members", "hundred"})  # relations in which no claim rests on the others
# A copy of a figure does not vouch for it, nor does a bound that anything would meet.
_WEAK = frozenset({"repeat", "rank", "goal", "parts' growth", "sign"})


@dataclass(frozen=True, slots=True)
class Consistency:
    """The relations between the claims of a text.

    Args:
        text: the claims.
        relations: all that were found.
    """

    text: Text
    relations: tuple[Relation, ...]

    def of(self, index: int) -> tuple[Relation, ...]:
        """The relations that a claim takes part in, those that it is derived in first."""
        mine = [one for one in self.relations if index in one.claims]
        return tuple(sorted(mine, key=lambda one: one.claims[0] != index))

    def blamed(self, vouched: Set[int] = frozenset()) -> dict[int, tuple[Relation, ...]]:
        """The fewest claims that explain all broken relations.

        A claim that the ledger supports is not blamed for disagreeing with one that it does not. Of the others the
        one in most broken and fewest holding relations is blamed; of equals the derived one (growth, share,
        difference), whose levels are stated beside it; of levels that are equal all.

        Args:
            vouched: claims that official figures support.

        Returns:
            The broken relations of each claim blamed.
        """
        broken = [one for one in self.relations if one.fit == "broken" and one.sure]
        guilty: set[int] = set()
        while waiting := [one for one in broken if not guilty & set(one.claims) and set(one.claims) - vouched]:
            guilty |= self._worst(waiting, vouched)
        return {
            index: tuple(one for one in broken if index in one.claims and not (set(one.claims) & guilty) - {index})
            or tuple(one for one in broken if index in one.claims)
            for index in guilty
        }

    def _worst(self, waiting: Sequence[Relation], vouched: Set[int]) -> set[int]:
        suspects = {index for one in waiting for index in one.claims} - vouched
        score = {index: self._score(index, waiting) for index in suspects}
        top = max(score.values())
        first = next(one for one in waiting if any(score.get(index) == top for index in one.claims))
        equals = {index for index in first.claims if score.get(index) == top}
        if first.claims[0] in equals and first.kind not in _EQUALS:
            return {first.claims[0]}
        return equals

    def _score(self, index: int, waiting: Sequence[Relation]) -> tuple[int, int]:
        against = sum(index in one.claims for one in waiting)
        holding = sum(
            index in one.claims and one.fit != "broken" and one.sure and one.kind not in _WEAK for one in self.relations
        )
        derived = any(one.claims[0] == index and one.kind not in _EQUALS for one in waiting)
        return against - holding, int(derived)


def consistency(claims: Sequence[Claim]) -> Consistency:
    """Hold the claims of one text against each other.

    Every number stands for the interval that its printed digits allow, rounded or cut off; a relation is broken where
    no values in the intervals of its numbers meet it.

    Args:
        claims: of one text, in its order.

    Returns:
        The relations; ask it whom to blame.

    Source: Nuijten et al. (2016), "The prevalence of statistical reporting errors in psychology (1985-2013)",
    doi:10.3758/s13428-015-0664-2, whose statcheck compares through the rounding interval in this way.
    """
    text = Text(claims)
    return Consistency(text, (*relations(text), *orderings(text)))
