"""The tests' own helper module, whichever way pytest is started; and a ledger of a few rows."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
