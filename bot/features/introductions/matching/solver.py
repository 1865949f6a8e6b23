"""The best pairs of a graph: exact where it is small, within a hair of a proven bound where not.

Every person is taken twice, left and right, and assigned from left to right by a linear
programme; to be assigned to oneself is to be left out. The assignment is a set of cycles: those of
even length split into pairs without loss, the few of odd length are solved again, exactly and
with their neighbourhood, by Edmonds' algorithm.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Doubles = NDArray[np.float64]

_EXACT = 300
"""Up to so many people Edmonds' algorithm alone is as fast."""
_SCALE = 1_000_000
"""Edmonds' algorithm counts in whole numbers."""


@dataclass(frozen=True)
class Graph:
    """Each pair once. To leave a person out costs what `alone` says."""

    n: int
    one: Ints
    other: Ints
    weight: Doubles
    alone: Doubles


def best_pairs(graph: Graph) -> Ints:
    """The partner of each, or oneself for those left out."""
    if graph.n <= _EXACT:
        return _edmonds(graph)
    price = prices(graph)
    return _paired(graph, _assigned(graph, price), price)


def _edmonds(graph: Graph) -> Ints:
    """A pair gains its weight and what it would cost to leave the two out."""
    import rustworkx

    gain = graph.weight + graph.alone[graph.one] + graph.alone[graph.other]
    whole = np.rint(gain * _SCALE).astype(np.int64)
    useful = np.flatnonzero(whole > 0)
    network = rustworkx.PyGraph(multigraph=False)
    network.add_nodes_from(range(graph.n))
    network.add_edges_from(
        list(
            zip(
                graph.one[useful].tolist(),
                graph.other[useful].tolist(),
                whole[useful].tolist(),
                strict=True,
            )
        )
    )
    partner = np.arange(graph.n)
    for a, b in rustworkx.max_weight_matching(network, weight_fn=int):
        partner[a], partner[b] = b, a
    return partner


def _assigned(graph: Graph, price: Doubles) -> Ints:
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import min_weight_full_bipartite_matching

    n, everyone = graph.n, np.arange(graph.n)
    rows = np.concatenate([graph.one, graph.other, everyone])
    columns = np.concatenate([graph.other, graph.one, everyone])
    lost = price[graph.one] + price[graph.other] - graph.weight
    costs = np.concatenate([lost, lost, 2 * (price + graph.alone)])
    # Costs are above nought, or the sparse matrix would not hold them.
    costs += 1 - costs.min()
    matrix = csr_array((costs, (rows, columns)), shape=(n, n))
    return np.asarray(min_weight_full_bipartite_matching(matrix)[1], dtype=np.int64)


_TEMPERATURES = ((0.2, 30), (0.05, 30), (0.02, 30), (0.01, 50), (0.005, 80))
"""Falling, and how often the prices are set at each."""
_TIMES_HOT = 40


def prices(graph: Graph) -> Doubles:
    """What each person costs, about: nearly no pair is worth more than its two people.

    They change nothing about which assignment is best. With them the solver, which raises prices
    from nothing by itself, starts at the end of its way: it takes a twentieth of the time. They
    are set as if everybody chose among their pairs by lot, the better the likelier, with less and
    less left to chance.
    """
    one = np.concatenate([graph.one, graph.other])
    order = np.argsort(one, kind="stable")
    other = np.concatenate([graph.other, graph.one])[order]
    weight = np.concatenate([graph.weight, graph.weight])[order].astype(np.float32)
    people, many = np.unique(one, return_counts=True)
    if not len(people):
        return np.zeros(graph.n)
    first = np.concatenate([[0], np.cumsum(many)[:-1]])
    place = np.full(graph.n, -1)
    place[people] = np.arange(len(people))
    other = place[other]
    price = np.maximum.reduceat(weight, first) / 2
    lowest = -graph.alone[people].astype(np.float32)
    for temperature, times in (*_hot(graph), *_TEMPERATURES):
        for _ in range(times):
            left = (weight - price[other]) / np.float32(temperature)
            most = np.maximum.reduceat(left, first)
            left -= np.repeat(most, many)
            softened = most + np.log(np.add.reduceat(np.exp(left, out=left), first))
            price = np.maximum(lowest, (price + np.float32(temperature) * softened) / 2)
    found = np.zeros(graph.n)
    found[people] = price
    return found


def _hot(graph: Graph) -> list[tuple[float, int]]:
    """Where not everybody has a place, many want the same few, whose prices rise to what it costs
    to be left out: that takes higher temperatures first."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import maximum_bipartite_matching

    rows = np.concatenate([graph.one, graph.other])
    columns = np.concatenate([graph.other, graph.one])
    ones = np.ones(len(rows), dtype=np.int8)
    network = csr_array((ones, (rows, columns)), shape=(graph.n, graph.n))
    if (maximum_bipartite_matching(network, perm_type="column") >= 0).all():
        return []
    highest = float(graph.alone.max()) / 2
    return [(highest / cooler, _TIMES_HOT) for cooler in (1, 4, 16, 64)]


def _paired(graph: Graph, assigned: Ints, price: Doubles) -> Ints:
    """Cycles of two are pairs; even ones split the better way; odd ones are solved again."""
    everyone = np.arange(graph.n)
    mutual = assigned[assigned] == everyone
    partner = np.where(mutual, assigned, everyone)
    longer = np.flatnonzero(~mutual)
    worth = dict(zip(longer.tolist(), _weights(graph, longer, assigned[longer]), strict=True))
    following = assigned.tolist()
    odd: list[int] = []
    while worth:
        cycle = [next(iter(worth))]
        while following[cycle[-1]] != cycle[0]:
            cycle.append(following[cycle[-1]])
        each = [worth.pop(person) for person in cycle]
        if len(cycle) % 2:
            odd.extend(cycle)
        else:
            for person in cycle[sum(each[1::2]) > sum(each[::2]) :: 2]:
                partner[person], partner[following[person]] = following[person], person
    return _mended(graph, partner, odd, price) if odd else partner


def _weights(graph: Graph, one: Ints, other: Ints) -> list[float]:
    """Of pairs of the graph, either way round."""
    pairs = graph.one * graph.n + graph.other
    order = np.argsort(pairs)
    wanted = np.minimum(one, other) * graph.n + np.maximum(one, other)
    found: list[float] = graph.weight[order[np.searchsorted(pairs, wanted, sorter=order)]].tolist()
    return found


_NEIGHBOURHOOD = 100
"""People who are solved again around odd cycles, besides those in the cycles."""
_CLOSE = 0.15
"""A pair that is worth this much less than its two people's prices is hardly in a best plan."""


def _mended(graph: Graph, partner: Ints, odd: list[int], price: Doubles) -> Ints:
    """Those of odd cycles, their neighbours and the partners of these, solved exactly."""
    lost = price[graph.one] + price[graph.other] - graph.weight
    close = (lost <= _CLOSE) | (partner[graph.one] == graph.other)
    one, other = graph.one[close], graph.other[close]
    chosen = np.zeros(graph.n, dtype=bool)
    chosen[odd] = True
    while chosen.sum() <= len(odd) + _NEIGHBOURHOOD:
        near = chosen.copy()
        near[other[chosen[one]]] = True
        near[one[chosen[other]]] = True
        near |= near[partner]
        if (near == chosen).all():
            break
        chosen = near
    inside = chosen[one] & chosen[other]
    members = np.flatnonzero(chosen)
    position = np.full(graph.n, -1)
    position[members] = np.arange(len(members))
    part = Graph(
        len(members),
        position[one[inside]],
        position[other[inside]],
        graph.weight[close][inside],
        graph.alone[members],
    )
    partner[members] = members[_edmonds(part)]
    return partner
