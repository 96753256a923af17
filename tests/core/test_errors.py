"""Errors say in one line what was wrong, where, and what to do next."""

from __future__ import annotations

import pytest

from khorgos.core import errors
from khorgos.core.errors import BadFile, KhorgosError, Offline, UnknownName

ALL = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, KhorgosError)]


def test_a_bad_file_names_file_row_and_column() -> None:
    error = BadFile("Not a number: 'x'", path="a.csv", row=12, column="exports", hint="Write 12.5")

    assert str(error) == "Not a number: 'x' (a.csv, row 12, column exports). Write 12.5"


def test_an_unknown_name_suggests_the_nearest() -> None:
    assert str(UnknownName("Kazakstan", "area", ["Kazakhstan"])) == (
        "Unknown area: 'Kazakstan'. Did you mean Kazakhstan?"
    )


def test_a_message_stays_on_one_line() -> None:
    assert "\n" not in str(KhorgosError("first\nsecond", where="a\nb"))


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_every_error_exits_with_a_failure_and_says_what_it_is_for(kind: type[KhorgosError]) -> None:
    assert kind.exit_status > 0
    assert kind.__doc__


def test_a_missing_network_has_its_own_exit_status() -> None:
    assert Offline.exit_status == 3
