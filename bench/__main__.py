"""`python -m bench [P1 P4 …]`: measure these rows, or all; prove that the books are right; write down what was found.

`--quick` is for who works on the bench: one short round of everything, and nothing is written down.
"""

import argparse
import signal
import sys
import traceback
from collections.abc import Sequence

from bench.checks import Outcome
from bench.machine import machine
from bench.pace import FULL, QUICK, Pace
from bench.report import failed, in_words, measured, read_last, write_report
from bench.rows import ROWS, SITTINGS, Sitting
from bench.soundness import Unsound


def main() -> None:
    """Measure sitting after sitting. A row that fails is reported as failed; a wrong answer ends the run."""
    parser = argparse.ArgumentParser(prog="python -m bench", description="Measure the rows of docs/performance.md.")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"{', '.join(ROWS)}; all when left out")
    parser.add_argument("--quick", action="store_true", help="one short round, and nothing is written down")
    asked = parser.parse_args()
    unknown = set(asked.rows) - ROWS.keys()
    if unknown:
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    # Told to stop, it stops what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    rows, pace = [row for row in ROWS if row in (asked.rows or ROWS)], QUICK if asked.quick else FULL
    about, found = machine(), read_last()
    some_failed = False
    for sitting in SITTINGS:
        chosen = [row for row in sitting.rows if row in rows]
        for row, outcome in outcomes(sitting, chosen, pace):
            if isinstance(outcome, Outcome):
                found[row] = measured(outcome, about)
            else:
                found[row], some_failed = failed(outcome, about), True
            print(f"{row}: {in_words(found[row])}", flush=True)
            if not asked.quick:
                write_report(found)
    sys.exit(1 if some_failed else 0)


def outcomes(sitting: Sitting, rows: Sequence[str], pace: Pace) -> list[tuple[str, Outcome | Exception]]:
    """What came of each row, or why nothing did. Raises Unsound."""
    if not rows:
        return []
    print(f"measuring {', '.join(rows)}", flush=True)
    found: dict[str, Outcome | Exception] = {}
    try:
        found.update(sitting.measure(rows, pace))
    except Unsound:
        raise
    except Exception as error:  # noqa: BLE001 - the other rows are worth having all the same
        traceback.print_exc()
        found = {row: found.get(row, error) for row in rows}
    return [(row, found[row]) for row in rows]


if __name__ == "__main__":
    main()
