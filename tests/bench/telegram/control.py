"""What the runner asks of the people: to come, to be counted, to go. Commands are calls to /bench/NAME with JSON."""

import time
from collections.abc import Callable
from typing import Any

import orjson

from tests.bench.telegram.api import BotApi
from tests.bench.telegram.crowd import Crowd, Manner
from tests.bench.telegram.http import Exchange, RoundTrip

Command = Callable[[dict[str, Any]], Any]
PREFIX = b"/bench/"


class Control:
    """Carries out the runner's commands."""

    def __init__(self, crowd: Crowd, api: BotApi, round_trip: RoundTrip) -> None:
        self._crowd = crowd
        self._api = api
        self._round_trip = round_trip
        self._marked_at = time.monotonic()
        self._cpu_before = time.process_time()
        self._calls_before = 0
        self._commands: dict[str, Command] = {
            "distance": self._distance,
            "ports": self._ports,
            "begin": self._begin,
            "write_ahead": self._write_ahead,
            "disperse": self._disperse,
            "mark": self._mark,
            "state": self._state,
            "people": self._people,
        }

    def handle(self, exchange: Exchange) -> None:
        """Carry out one command."""
        name = exchange.target.removeprefix(PREFIX).decode()
        given = orjson.loads(exchange.body) if exchange.body else {}
        exchange.reply(orjson.dumps(self._commands[name](given)))

    def _distance(self, given: dict[str, Any]) -> None:
        self._round_trip.one_way_seconds = given["round_trip_seconds"] / 2

    def _ports(self, given: dict[str, Any]) -> None:
        self._api.ports = tuple(given["ports"])

    def _begin(self, given: dict[str, Any]) -> None:
        people, first = given.pop("people"), given.pop("first")
        if "think_seconds" in given:
            given["think_seconds"] = tuple(given["think_seconds"])
        self._crowd.begin(people, Manner(**given), first=first)

    def _write_ahead(self, given: dict[str, Any]) -> None:
        self._crowd.write_ahead(given["people"], given["each"], first=given["first"])

    def _disperse(self, _given: dict[str, Any]) -> None:
        self._crowd.disperse()
        self._crowd.owed -= self._api.forget_waiting()

    def _mark(self, _given: dict[str, Any]) -> None:
        self._crowd.clear_figures()
        self._marked_at, self._cpu_before = time.monotonic(), time.process_time()
        self._calls_before = self._api.calls

    def _state(self, _given: dict[str, Any]) -> dict[str, Any]:
        return {
            "seconds": time.monotonic() - self._marked_at,
            "cpu_seconds": time.process_time() - self._cpu_before,
            "calls": self._api.calls - self._calls_before,
            "replies": self._crowd.replies,
            "is_awaited": self._api.is_awaited,
            "owed": len(self._crowd.owed),
            "unacknowledged": self._api.waiting,
            "parked": self._crowd.parked,
            "done": self._crowd.done,
            "stuck": self._crowd.stuck,
            "latency": self._latency(),
            "unread": self._crowd.unread,
        }

    def _latency(self) -> dict[str, float | bool | int]:
        """Return the latencies in milliseconds.

        Who still waits counts with the wait so far, where that is longer than what others had to wait at most:
        otherwise a bot would look the quicker the fewer people it answers.
        """
        answered = list(self._crowd.latencies)
        longest = max(answered, default=0.0)
        unanswered = [waited for waited in self._crowd.waiting_seconds() if waited > longest]
        every = sorted(answered + unanswered)
        if not every:
            return {"count": 0}
        cut = len(answered)
        return {
            "count": len(answered),
            "p50_ms": _share(every, 0.5) * 1000,
            "p99_ms": _share(every, 0.99) * 1000,
            "max_ms": every[-1] * 1000,
            "p50_is_at_least": len(every) * 0.5 >= cut,
            "p99_is_at_least": len(every) * 0.99 >= cut,
        }

    def _people(self, _given: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "number": person.number,
                "round": person.round,
                "said": person.said,
                "acknowledged": sorted(person.acknowledged),
                "receipts": person.receipts,
                "forgotten": person.forgotten,
                "seen_twice": person.seen_twice,
                "is_done": person.is_done,
            }
            for person in self._crowd.people
        ]


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
