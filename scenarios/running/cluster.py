"""A Dask cluster that is there already, as an executor: `--cluster ADDRESS`. Only this module imports Dask (`docs/sweeps.md`).

Workers have peerscale installed. Each says before its first job which code and tables it has, and must have ours. What
many jobs need goes to the cluster once. A worker that is lost is Dask's to replace; a job that loses several is ours to
try again; a scheduler that is lost ends the work, and what had ended is kept here.
"""

from __future__ import annotations

import contextlib
import logging
import platform
import re
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, Future
from functools import cache
from typing import Any

import numpy as np

from calibration import extras
from scenarios.running import identity
from scenarios.running.elsewhere import Gone
from scenarios.running.handed import using
from sim.errors import UserError
from sim.version import MODEL, VERSION

CONNECT_SECONDS = 10
RESULT_SECONDS = 300
"""How long the result of a job that has ended may take to come."""
WORDS = {
    "peerscale": "peerscale",
    "model": "model",
    "code": "code of the model",
    "tables": "tables of the model",
    "python": "Python",
    "numpy": "NumPy",
}


@cache
def here() -> dict[str, str]:
    """What a worker must have in common with its client."""
    return {
        "peerscale": VERSION,
        "model": str(MODEL),
        "code": identity.code(),
        "tables": identity.tables_hash(),
        "python": ".".join(platform.python_version_tuple()[:2]),
        "numpy": np.__version__,
    }


def differing(ours: dict[str, str], theirs: dict[str, str]) -> list[str]:
    """What differs between client and worker, in words."""
    return [
        f"{words}: {ours[key][:12]} here, {theirs.get(key, 'none')[:12]} there"
        for key, words in WORDS.items()
        if ours[key] != theirs.get(key)
    ]


def checked(ours: dict[str, str], call: Callable[..., Any], *args: Any) -> Any:
    """On a worker: the call, if this worker has the client's code and tables (one may join later). Raises Gone."""
    if differs := differing(ours, here()):
        raise _another(platform.node(), differs)
    return call(*args)


def held(content: bytes) -> bytes:
    """On a worker: a settled start that jobs take from there."""
    return content


class OnCluster(Executor):
    """Jobs on a Dask cluster. `at_once`: threads of its workers when it was met. Raises UserError where it cannot serve."""

    def __init__(self, address: str):
        self.address = address
        self._client = _client(address)
        self._carried: dict[str, Any] = {}
        try:
            self.at_once = self._met()
        except BaseException:
            self.shutdown()
            raise

    def _met(self) -> int:
        """Threads of the workers, all of which have our code. Raises UserError."""
        workers = self._client.scheduler_info(n_workers=-1)["workers"]
        if not workers:
            raise UserError(
                "the cluster has no workers",
                key="--cluster",
                rule="one worker at least",
                got=f"none at {self.address}",
                try_=f"dask worker {self.address} --nthreads 1, on each machine",
            )
        try:
            found = self._client.run(here, on_error="return")
        except Exception as error:  # noqa: BLE001 - whatever Dask makes of a worker that cannot answer
            raise _cannot(error) from None
        for name, one in found.items():
            if isinstance(one, BaseException):
                raise _cannot(one)
            if differs := differing(here(), one):
                raise _another(name, differs)
        return max(1, sum(int(one["nthreads"]) for one in workers.values()))

    def submit(self, call: Callable[..., Any], /, *args: Any, **more: Any) -> Future[Any]:
        """A job. Its future raises BrokenExecutor where its workers were lost, and Gone where the cluster was."""
        ours: Future[Any] = Future()
        if self._client.status != "running":
            raise self._gone()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what Dask says of a large settled start
            theirs = self._client.submit(checked, here(), call, *args, pure=False, **more)
        theirs.add_done_callback(lambda done: self._pass_on(done, ours))
        ours.add_done_callback(lambda done: theirs.cancel() if done.cancelled() else None)
        return ours

    def _pass_on(self, theirs: Any, ours: Future[Any]) -> None:
        """What became of a job of theirs, in a future of ours."""
        if not ours.set_running_or_notify_cancel():
            return
        try:
            ours.set_result(theirs.result(timeout=RESULT_SECONDS))
        except Exception as error:  # noqa: BLE001 - passed on
            ours.set_exception(self._said(theirs, error))

    def _said(self, theirs: Any, error: Exception) -> BaseException:
        """An error of Dask's own in our words; a job's own as it is."""
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            return BrokenExecutor("several workers of the cluster were lost over it, one after the other")
        if theirs.status == "error":
            return error
        return self._gone()

    def _gone(self) -> Gone:
        return Gone(
            "the cluster cannot be reached any more",
            key="--cluster",
            rule="its scheduler runs until the command has ended",
            got=f"no answer from {self.address}",
            try_="the same command again, once it is there: what had ended is kept here",
        )

    def carry(self, key: str, content: bytes) -> Any:
        """What many jobs need, sent once: workers take it from each other, and Dask makes it again where its worker is lost."""
        if key not in self._carried:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                self._carried[key] = self._client.submit(held, content, pure=False)
        return self._carried[key]

    def forget(self, key: str) -> None:
        """No job needs it any longer."""
        self._carried.pop(key, None)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster. It goes on without us."""
        self._carried.clear()
        with contextlib.suppress(Exception):
            self._client.close(timeout=2)


@contextlib.contextmanager
def on_cluster(address: str) -> Iterator[None]:
    """Every pool that is made meanwhile gives its jobs to the cluster at an address. Raises UserError."""
    if lost := extras.told(["cluster"]):
        raise UserError(**lost, key="--cluster")
    executor = OnCluster(address)
    try:
        with using(executor):
            yield
    finally:
        executor.shutdown()


def _client(address: str) -> Any:
    """A client of the scheduler at an address; TLS as Dask's own settings have it. Raises UserError."""
    from distributed import Client

    _readable(address)
    for name in ("distributed.client", "distributed.core", "distributed.comm"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what goes wrong is told in our words
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of versions: they are looked at below
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False, name="peerscale")
    except Exception as error:  # noqa: BLE001 - Dask raises many kinds: no such host, no answer, not Dask, no certificate
        raise UserError(
            "there is no cluster there",
            key="--cluster",
            rule="the address of a Dask scheduler, as tcp://10.0.0.1:8786 or tls://…",
            got=f"{address[:80]}: {_first_line(error)}",
            try_="dask scheduler, on the machine that is to lead; it prints its address",
        ) from None
    _same_dask(client)
    return client


def _readable(address: str) -> None:
    """Raises UserError for what is no address."""
    if not re.fullmatch(
        r"((tcp|tls|ws|wss|ucx)://)?[\w.-]+:\d{1,5}|(tcp|tls|ws|wss|ucx)://\[[0-9a-fA-F:]+\]:\d{1,5}", address
    ):
        raise UserError(
            "this is not the address of a cluster",
            key="--cluster",
            rule="the address of a Dask scheduler, as tcp://10.0.0.1:8786 or tls://…",
            got=address[:80],
            try_="what `dask scheduler` prints when it starts",
        )


def _same_dask(client: Any) -> None:
    """Raises UserError for a scheduler or worker of another version of Dask: they may not understand each other."""
    found = client.get_versions()
    ours = found["client"]["packages"]["distributed"]
    others = [("scheduler", found["scheduler"]), *found["workers"].items()]
    for name, one in others:
        theirs = (one or {}).get("packages", {}).get("distributed")
        if theirs != ours:
            client.close(timeout=2)
            raise _another(str(name), [f"Dask (distributed): {ours} here, {theirs} there"])


def _another(name: str, differs: list[str]) -> Gone:
    return Gone(
        "the cluster has another version",
        key="--cluster",
        rule="the same versions, code and tables on every worker as here",
        got=f"{name}: {'; '.join(differs)}",
        try_="install the same peerscale, Python and NumPy there, and start its workers again",
    )


def _cannot(error: BaseException) -> UserError:
    return UserError(
        "a worker of the cluster cannot run peerscale",
        key="--cluster",
        rule=f"peerscale {VERSION} installed where the workers run",
        got=_first_line(error),
        try_="install it there, and start the workers again",
    )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines() or [type(error).__name__]
    return lines[0][:200]
