"""Many starts, a search and many fits, spread over a Dask cluster of two processes: the same bits as on one machine."""

import amsgrad
import numpy as np
from dask.distributed import Client, LocalCluster

N = 6

SITES = np.repeat(np.arange(40), 25)
T = np.tile(np.linspace(0, 5, 25), 40)
Y = (2 + SITES / 20) * np.exp(-T / (1 + SITES / 40)) + 0.01 * np.random.default_rng(1).normal(size=T.size)
DATA = {"site": SITES, "t": T, "y": Y}


def starts(**shard):
    options = {"starts": 200, "lr": 0.05, "maxiter": 500}
    return amsgrad.minimize("20 + x^2 + y^2 - 10*(cos(2*pi*x) + cos(2*pi*y))", bounds=[(-5, 5)] * 2, options=options, **shard)


def search(**shard):
    return amsgrad.tune(
        "(1-x)^2 + 100*(y-x^2)^2", bounds=[(-2, 2)] * 2, method="random", samples=30, seeds=8, check=8, steps=300, **shard
    )


def fits(**shard):
    return amsgrad.fit("y ~ a*exp(-b*t)", DATA, by="site", **shard)


def spread(client, work):
    """Return what `work` returns, made in shards on all workers."""
    parts = [client.submit(work, shard=(i, N)) for i in range(1, N + 1)]
    return amsgrad.merge(client.gather(parts))


if __name__ == "__main__":
    # On a real cluster: Client("scheduler:8786"). With Ray: ray.get([ray.remote(work).remote(shard=(i, N)) for i in ...]).
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        found, searched, fitted = (spread(client, work) for work in (starts, search, fits))

    whole = starts()
    assert found.x.tobytes() == whole.x.tobytes() and found.runs["x"].tobytes() == whole.runs["x"].tobytes()
    assert searched == search()
    whole = fits()
    assert all(np.array_equal(fitted[name], whole[name]) for name in whole) and list(fitted) == list(whole)
    print(found.fun, searched["command"], fitted["status"].count("converged"))
