"""How many histories are tried, and whether they are the same each time."""

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test


def try_histories(machine, histories, steps, *, seeded=True):
    """Try so many histories of so many steps; *seeded* ones are the same whenever they are tried."""
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        derandomize=seeded,
        database=None,
        suppress_health_check=quiet,
        print_blob=True,
    )
    run_state_machine_as_test(machine, settings=how)
