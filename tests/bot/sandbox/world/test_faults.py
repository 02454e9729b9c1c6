import pytest

from bot.sandbox.errors import ControlError
from bot.sandbox.world.faults import Fault, Faults


def test_a_fault_is_used_up() -> None:
    faults = Faults()
    faults.add(Fault("flood", times=2))
    assert [faults.for_call("sendmessage", 1) is None for _ in range(3)] == [False, False, True]


def test_a_fault_meets_its_chat_and_method_only() -> None:
    faults = Faults()
    faults.add(Fault("flood", chat=1, method="sendmessage"))
    assert faults.for_call("sendmessage", 2) is None
    assert faults.for_call("sendphoto", 1) is None
    assert faults.for_call("sendmessage", 1) is not None


def test_polling_is_met_only_by_name() -> None:
    faults = Faults()
    faults.add(Fault("server_error"))
    assert faults.for_call("getupdates", None) is None
    faults.add(Fault("server_error", method="getupdates"))
    assert faults.for_call("getupdates", None) is not None


def test_duplicates_meet_updates_and_no_calls() -> None:
    faults = Faults()
    faults.add(Fault("duplicate_update", chat=1))
    assert faults.for_call("sendmessage", 1) is None
    assert not faults.for_update(2)
    assert faults.for_update(1)
    assert not faults.for_update(1)


def test_a_download_can_be_cut_but_not_blocked_and_nothing_else_cut() -> None:
    faults = Faults()
    faults.add(Fault("blocked"))
    faults.add(Fault("cut_download"))
    assert faults.for_call("download", None) is not None
    assert faults.for_call("download", None) is None
    faults.clear()
    faults.add(Fault("cut_download"))
    assert faults.for_call("sendmessage", 1) is None
    with pytest.raises(ControlError, match="only a download can be cut"):
        Fault("cut_download", method="sendmessage")


def test_clearing_ends_all() -> None:
    faults = Faults()
    faults.add(Fault("blocked"))
    faults.clear()
    assert faults.for_call("sendmessage", 1) is None


@pytest.mark.parametrize("wrong", [{"times": 0}, {"retry_after": 0}, {"status": 404}, {"hold": -1.0}])
def test_refuses_what_makes_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ControlError):
        Fault("flood", **wrong)  # type: ignore[arg-type]


def test_is_bounded() -> None:
    faults = Faults()
    for _ in range(1000):
        faults.add(Fault("flood"))
    with pytest.raises(ControlError, match="too many faults"):
        faults.add(Fault("flood"))


def test_a_fault_can_be_given_back() -> None:
    faults = Faults()
    faults.add(Fault("timeout_after_delivery", times=2))
    faults.add(Fault("flood"))
    for _ in range(5):
        fault = faults.for_call("sendmessage", 1)
        assert fault is not None
        faults.give_back(fault)
    kinds = [fault.kind for _ in range(4) if (fault := faults.for_call("sendmessage", 1))]
    assert kinds == ["timeout_after_delivery", "timeout_after_delivery", "flood"]


def test_a_fault_that_was_used_up_can_be_given_back() -> None:
    faults = Faults()
    faults.add(Fault("timeout_after_delivery"))
    fault = faults.for_call("sendmessage", 1)
    assert fault is not None
    faults.give_back(fault)
    assert faults.for_call("sendmessage", 1) is fault
    assert faults.for_call("sendmessage", 1) is None
