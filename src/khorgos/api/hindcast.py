"""Was it right: the models run on the eve of an episode, held against what trade did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from khorgos.ledger.store import Ledger, open_ledger

if TYPE_CHECKING:
    from khorgos.report.answers.hindcast import Hindcast


def hindcast(
    episode: str | Path = "us-china-2018",
    *,
    products: int | None = None,
    ledger: Ledger | None = None,
    **settings: Any,
) -> Hindcast:
    """The engine run on the eve of an episode with the tariffs that came, scored against what trade did.

    Args:
        episode: a TOML file, or one that comes with khorgos: us-china-2018, us-china-2025.
        products: digits of the HS codes, to score product by product in partial equilibrium; all goods where left out.
        ledger: the user's own on top of the embedded release where left out.
        settings: thetas, basis, least, split, draws, seed, as in `answers.hindcast`.

    Returns:
        Three views, `.scores`, `.flows` and `.placebo`, and `.render(format, view)`.

    Raises:
        UnknownName, BadInput, BadFile: the episode cannot be read, or a setting cannot be right.
        NoData: the ledger has too few of the flows.
        NotConverged, Refused: no equilibrium was found.
    """
    from khorgos.report.answers.hindcast import episode_from
    from khorgos.report.answers.hindcast import hindcast as answer
    from khorgos.report.answers.hindcast_products import by_product

    own, read = ledger or open_ledger(), episode_from(episode)
    return answer(own, read, **settings) if products is None else by_product(own, read, level=products, **settings)
