"""What one round costs the processor: `python -m bot.bench.matching_cost plan N SEED`.

A process of its own plans it, without the bounds.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Mapping
from time import process_time

from bot.bench.matching_population import population

_TURNS = 3
"""Where a round takes a moment, the clock is read so often, in turns; the shortest counts."""


def cost(people: int, seed: int) -> Mapping[str, float | int]:
    """`seconds_reference` is the exact matching of 1,000 people, or of half of more than 2,000."""
    reference = max(min(people, 1_000), people // 2)
    turns = _TURNS if 500 <= people <= 2_000 else 1
    ours, theirs = [], []
    for _ in range(turns):
        ours.append(_child("plan", people, seed))
        theirs.append(_child("reference", reference, seed))
    return {
        "seconds_first_round": round(min(one["seconds"] for one in ours), 3),
        "seconds_reference": round(min(one["seconds"] for one in theirs), 3),
        "reference_n": reference,
        "peak_mib": round(max(one["mib"] for one in ours)),
    }


def _child(work: str, people: int, seed: int) -> Mapping[str, float]:
    command = [sys.executable, "-m", __name__, work, str(people), str(seed)]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603 (a module of ours)
    figures: Mapping[str, float] = json.loads(done.stdout)
    return figures


def _plan(people: int, seed: int) -> float:
    """From the people as they are to the groups, with the reasons for each."""
    # Loaded at its first round by a process that plans many: not what a round costs.
    import rustworkx  # noqa: F401
    import scipy.optimize
    import scipy.sparse.csgraph  # noqa: F401

    from bot.features.introductions.matching.plan import plan_round

    candidates = population(people, 1, seed).people
    began = process_time()
    plan_round(candidates, seed=seed)
    return process_time() - began


def _reference(people: int, seed: int) -> float:
    """The matching alone, of a graph that is there already: 20 candidates a person."""
    import numpy as np
    import rustworkx

    from bot.bench.matching_bounds import likeliest, together
    from bot.bench.matching_rules import allowed
    from bot.features.introductions.matching.scoring import utilities

    candidates = population(people, 1, seed).people
    values = together(utilities(candidates))
    first, second = np.nonzero(np.triu(likeliest(values, allowed(candidates))))
    weights = np.rint(values[first, second] * 1_000_000).astype(int)
    graph: rustworkx.PyGraph[int, int] = rustworkx.PyGraph(multigraph=False)
    graph.add_nodes_from(range(people))
    graph.add_edges_from(list(zip(first.tolist(), second.tolist(), weights.tolist(), strict=True)))
    began = process_time()
    rustworkx.max_weight_matching(graph, max_cardinality=True, weight_fn=int)
    return process_time() - began


def _main() -> None:
    work, people, seed = sys.argv[1:]
    seconds = {"plan": _plan, "reference": _reference}[work](int(people), int(seed))
    kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"seconds": seconds, "mib": kib / 1024}))


if __name__ == "__main__":
    _main()
