"""What a mention of a flow is."""

from __future__ import annotations

from dataclasses import dataclass

#: Words that stand for an area named before: "its", "the country", "the region", "the two sides", "the neighbour";
#: and for nobody in particular: "third countries"; "our" is said by the country that the text turns around.
OWN, WHOSE, WHICH, COUNTRY, REGION, PAIR, PARTNER, OTHERS, OUR = (
    "@own",
    "@whose",
    "@which",
    "@country",
    "@region",
    "@pair",
    "@partner",
    "@others",
    "@our",
)


@dataclass(frozen=True, slots=True)
class Mention:
    """Where a sentence speaks of a flow.

    Args:
        head: chunk of the noun or verb.
        first: its first chunk, owners and modifiers included.
        last: the chunk after its last.
        flow: "export", "import", "total" or "balance"; None where only the sides are told ("the Uzbek part").
        sign: of a balance: -1 deficit, 1 surplus, 0 not said.
        a: whose flow it is: ids or words for them; several where listed.
        b: the other side.
        both: whether `a` and `b` were named as two equal sides ("between").
        world: whether trade with all is meant.
        mutual: whether the trade of two sides is meant, both perhaps named before.
        product: goods, as worded.
        whens: chunks of expressions of time within.
        verb: whether the head is a verb.
        average: whether it is an average over months.
        supply: whether only the way of the goods is told: "shipments", "deliveries".
    """

    head: int
    first: int
    last: int
    flow: str | None
    sign: int = 0
    a: tuple[str, ...] = ()
    b: tuple[str, ...] = ()
    both: bool = False
    world: bool = False
    mutual: bool = False
    product: str = ""
    whens: tuple[int, ...] = ()
    verb: bool = False
    average: bool = False
    supply: bool = False


#: Flow and sign of the balance by the lexicon's word; -2 is a gap of either sign.
FLOWS = {
    "export": ("export", 0),
    "import": ("import", 0),
    "re-export": ("export", 0),
    "total": ("total", 0),
    "deficit": ("balance", -1),
    "surplus": ("balance", 1),
    "balance": ("balance", 0),
    "gap": ("balance", -2),
    "supply": ("supply", 0),
}
