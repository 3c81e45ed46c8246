"""The worker: jobs of all queues at the same time, those that wait for others apart.

A queue that a manifest names in `lanes` is worked on beside all others, with so many places of its
own: a job that hangs there takes no place from anybody else.
"""

import asyncio
import signal
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from procrastinate import App
from procrastinate.contrib.django import app

from qiao.core.registry import registry


@dataclass(frozen=True, slots=True)
class Lane:
    """Queues, and how many of their jobs run at the same time."""

    queues: tuple[str, ...]
    places: int


def lanes(*, places: int, queues: Sequence[str] = ()) -> list[Lane]:
    """One lane for these queues; without any, one for each apart and one for the rest."""
    if queues:
        return [Lane(tuple(queues), places)]
    apart = registry.lanes()
    rest = {task.queue for task in app.tasks.values()} - set(apart)
    return [
        Lane(tuple(sorted(rest)), places),
        *(Lane((queue,), own) for queue, own in sorted(apart.items())),
    ]


def work(known: Sequence[Lane]) -> None:
    """Work in these lanes until told to stop by a signal; jobs that run are ended first."""
    with app.replace_connector(app.connector.get_worker_connector()) as running:  # type: ignore[attr-defined]
        asyncio.run(_work(running, known))


async def _work(running: App, known: Sequence[Lane]) -> None:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(sum(lane.places for lane in known)))
    async with running.open_async(), asyncio.TaskGroup() as group:
        workers = [
            group.create_task(
                running.run_worker_async(
                    queues=list(lane.queues),
                    concurrency=lane.places,
                    delete_jobs="never",
                    install_signal_handlers=False,
                )
            )
            for lane in known
        ]

        def stop() -> None:
            for each in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(each)  # the next one ends it at once
            for worker in workers:
                worker.cancel()

        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, stop)
