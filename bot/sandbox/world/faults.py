"""Trouble on demand: what the next calls will meet."""

from dataclasses import dataclass
from http import HTTPStatus

from bot.sandbox.errors import ControlError
from bot.sandbox.wire import FaultKind

KEPT = 1_000
HOLD_MAX = 300.0
POLLING = "getupdates"
# What a download is called where a fault names a method; Telegram has no method of this name.
DOWNLOAD = "download"


@dataclass(slots=True)
class Fault:
    """One kind of trouble for the next `times` calls (or, for duplicates, updates).

    `chat` and `method` (in lower case) narrow it; None means any. `retry_after` is in seconds, for floods; `status`
    for server errors; `hold`, in seconds, is how long a call that gets a late answer, or none, is kept waiting.
    """

    kind: FaultKind
    chat: int | None = None
    method: str | None = None
    times: int = 1
    retry_after: int = 3
    status: int = HTTPStatus.BAD_GATEWAY
    hold: float = 0.05

    def __post_init__(self) -> None:
        if self.times < 1 or self.retry_after < 1:
            raise ControlError("times and retry_after must be at least 1")
        if self.status not in {HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.BAD_GATEWAY}:
            raise ControlError("status must be 500 or 502")
        if not 0 <= self.hold <= HOLD_MAX:
            raise ControlError(f"hold must be between 0 and {HOLD_MAX:g} seconds")
        if self.kind == "cut_download" and self.method not in {None, DOWNLOAD}:
            raise ControlError("only a download can be cut")

    def meets(self, method: str) -> bool:
        """Tell whether a call of `method` can come to this: a download cannot be blocked, and nothing else be cut."""
        if method == DOWNLOAD:
            return self.kind not in {"blocked", "duplicate_update"}
        return self.kind not in {"cut_download", "duplicate_update"}


class Faults:
    """The faults in the order in which they were asked for; each is used up."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Let something go wrong from now on; `ControlError` when far too much is already waiting to."""
        if len(self._faults) >= KEPT:
            raise ControlError("too many faults are waiting already")
        self._faults.append(fault)

    def clear(self) -> None:
        """Let everything go well."""
        self._faults.clear()

    def for_call(self, method: str, chat: int | None) -> Fault | None:
        """Use up the first fault that meets a call of `method` (in lower case) concerning `chat`.

        A fault of any method spares getUpdates: a bot polls all the time, and would eat up what is meant for others.
        """
        for fault in self._faults:
            same_method = fault.method == method or (fault.method is None and method != POLLING)
            if same_method and fault.chat in {None, chat} and fault.meets(method):
                return self._use(fault)
        return None

    def give_back(self, fault: Fault) -> None:
        """Let a fault that met a call without effect meet the next one."""
        if not fault.times:
            self._faults.insert(0, fault)
        fault.times += 1

    def for_update(self, chat: int) -> bool:
        """Use up a fault that lets an update of `chat` come twice."""
        for fault in self._faults:
            if fault.kind == "duplicate_update" and fault.chat in {None, chat}:
                self._use(fault)
                return True
        return False

    def _use(self, fault: Fault) -> Fault:
        fault.times -= 1
        if not fault.times:
            self._faults.remove(fault)
        return fault
