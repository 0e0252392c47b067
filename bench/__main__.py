"""`python -m bench`: measure, prove that the books are right, and write down what was found."""

import signal
import sys
from collections import defaultdict
from typing import Any

from bench.house import House, open_house
from bench.machine import machine
from bench.measures import Measure, Run, measures
from bench.report import as_markdown, report, write_report
from bench.rows import prepare_rows, settle
from bench.soundness import prove

ROUNDS = 3


def main() -> None:
    """Run every measurement in turn, several times over."""
    # Told to stop, it stops what it has started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    about: dict[str, Any] = machine()
    with open_house() as house:
        pgbench_tenant, places = prepare_rows(house)
        planned = measures(house, places)
        warmed = warm_up(planned)
        runs = take_rounds(house, planned)
        prove(house, pgbench_tenant, [(name, run.purchases) for name, of in [*runs.items(), *warmed] for run in of])
    found = report(about, planned, runs)
    write_report(found)
    print(as_markdown(found))


def warm_up(planned: list[Measure]) -> list[tuple[str, list[Run]]]:
    """Fill the books of both tenants a little: nobody's first seconds are measured."""
    by_name = {measure.name: measure for measure in planned}
    return [(name, [by_name[name].take(number)]) for number, name in enumerate(("set", "loyalty_batch"), start=1)]


def take_rounds(house: House, planned: list[Measure]) -> dict[str, list[Run]]:
    """Rounds in which each measurement has its turn, each round beginning with another one."""
    runs: dict[str, list[Run]] = defaultdict(list)
    number = 100
    for turn in range(ROUNDS):
        settle(house)
        shift = turn * len(planned) // ROUNDS
        for measure in planned[shift:] + planned[:shift]:
            number += 1
            run = measure.take(number)
            runs[measure.name].append(run)
            print(f"round {turn + 1}: {measure.title}: {run.purchases_per_second:,.0f} purchases/s", flush=True)
    return runs


if __name__ == "__main__":
    main()
