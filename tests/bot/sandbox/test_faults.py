import pytest

from bot.sandbox.errors import ControlError
from bot.sandbox.faults import Fault, FaultKind, Faults


def test_a_fault_is_used_up() -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.FLOOD, times=2))
    assert [faults.for_call("sendmessage", 1) is None for _ in range(3)] == [False, False, True]


def test_a_fault_meets_its_chat_and_method_only() -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.FLOOD, chat=1, method="sendmessage"))
    assert faults.for_call("sendmessage", 2) is None
    assert faults.for_call("sendphoto", 1) is None
    assert faults.for_call("sendmessage", 1) is not None


def test_polling_is_met_only_by_name() -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.SERVER_ERROR))
    assert faults.for_call("getupdates", None) is None
    faults.add(Fault(FaultKind.SERVER_ERROR, method="getupdates"))
    assert faults.for_call("getupdates", None) is not None


def test_duplicates_meet_updates_and_no_calls() -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.DUPLICATE_UPDATE, chat=1))
    assert faults.for_call("sendmessage", 1) is None
    assert not faults.for_update(2)
    assert faults.for_update(1)
    assert not faults.for_update(1)


def test_clearing_ends_all() -> None:
    faults = Faults()
    faults.add(Fault(FaultKind.BLOCKED))
    faults.clear()
    assert faults.for_call("sendmessage", 1) is None


@pytest.mark.parametrize("wrong", [{"times": 0}, {"retry_after": 0}, {"status": 404}, {"hold": -1.0}])
def test_refuses_what_makes_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ControlError):
        Fault(FaultKind.FLOOD, **wrong)  # type: ignore[arg-type]


def test_is_bounded() -> None:
    faults = Faults()
    for _ in range(1000):
        faults.add(Fault(FaultKind.FLOOD))
    with pytest.raises(ControlError, match="too many faults"):
        faults.add(Fault(FaultKind.FLOOD))
