"""What the models say: simulations, and published tables computed again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from khorgos.api.asking import Areas, Progress, parsed_day, split
from khorgos.core.errors import BadInput
from khorgos.nomenclature.areas import area
from khorgos.nomenclature.groups import expand

if TYPE_CHECKING:
    from khorgos.report.answers.papers import Reproduction
    from khorgos.report.answers.simulate import Simulation


def simulate(
    scenario: str | Path | None = None,
    *,
    tariffs: Sequence[str] = (),
    costs: Sequence[str] = (),
    on: str | dt.date | None = None,
    against: str | dt.date | None = None,
    focus: Areas = (),
    uncertainty: Areas = (),
    **settings: Any,
) -> Simulation:
    """What tariffs and trade costs do, on an embedded world: who gains and loses, and trade by partner.

    Args:
        scenario: a TOML file, or a scenario that comes with khorgos.
        tariffs, costs: in short, such as "USA:CHN:all=+20%" (importer, exporter, product).
        on: a day whose tariffs come, as the registry has them in force.
        against: a day whose tariffs the outcome is compared with; the base year's where left out.
        focus: areas on top of the tables; Central Asia where left out.
        uncertainty: what the draws vary, with commas or as a list: "standard-errors", "hs6" or "theta=2..8"; "imputed",
            "mirror". Standard errors and imputed flows where left out.
        settings: model, theta, deficits, top, draws, seed, partial, workers, ledger, progress: `answers.simulate`.

    Returns:
        Views, `.economies`, `.flows` and others, and `.render(format, view)`.

    Raises:
        UnknownName, BadInput, BadFile: the scenario cannot be read, or names what the world has not.
        NoData: the ledger has no mirror reports.
        NotConverged, Refused: no equilibrium was found.
    """
    from khorgos.report.answers.simulate import simulate as answer
    from khorgos.report.answers.simulate import written
    from khorgos.report.scenario_text import AsInForce

    day, other = parsed_day(on), parsed_day(against)
    if day is None and other is not None:
        raise BadInput("A day to compare with needs the day itself", hint="Give on, or --on")
    dated = None if day is None else AsInForce(day, other)
    short = [[one] if isinstance(one, str) else one for one in (tariffs, costs)]
    text = written(scenario, short[0], short[1], dated)
    on_top = expand([area(name).id for name in split(focus)])
    return answer(text, focus=on_top, uncertainty=split(uncertainty), **settings)


def papers(
    folder: str | Path,
    only: Areas = (),
    *,
    replay: bool = False,
    workers: int = 2,
    progress: Progress | None = None,
) -> Reproduction:
    """Published tables computed again, a cell a line, from a folder of the papers' data; names as in docs/papers.md.

    Args:
        folder: holds the papers' data.
        only: papers by name; all where left out.
        replay: run the paper's own search for the optima whose cells are flat; minutes.
        workers: processes of the replay.
        progress: called with (done, in all, what).
    """
    from khorgos.report.answers.papers import papers as answer

    return answer(Path(folder).expanduser(), split(only), replay=replay, workers=workers, progress=progress)
