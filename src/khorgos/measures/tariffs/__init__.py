"""Tariffs in force on a day: stacked by their rules, averaged, and over time."""

from khorgos.measures.tariffs.average import By, Substitution, rates
from khorgos.measures.tariffs.in_force import Levy, Stack, in_force, lines_of
from khorgos.measures.tariffs.timeline import Step, timeline

__all__ = ["By", "Levy", "Stack", "Step", "Substitution", "in_force", "lines_of", "rates", "timeline"]
