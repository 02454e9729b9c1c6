"""What an update made is gone when it is done: nothing that leads back to itself waits for the garbage collector."""

import gc

import pytest

from handlers.context import BotContext
from storage.unit_of_work import UnitOfWork
from tests.e2e.conftest import Stage
from tests.e2e.people import report

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_a_whole_report_and_a_coordinators_turns_leave_no_ring(stage: Stage) -> None:
    nurlan, (dina, _) = await stage.person("Nurlan"), stage.cast.coordinators
    await stage.do(dina.send("/start"))
    gc.collect()
    before = _things()  # what a test that failed earlier keeps in its traceback
    gc.disable()
    try:
        await report(stage, nurlan)
        await stage.do(nurlan.send("/my"))
        await stage.do(dina.send("/next"))
        left = [thing for thing in _things() if not any(thing is known for known in before)]
    finally:
        gc.enable()
    assert left == []


def _things() -> list[object]:
    """Return all contexts and units of work that are not gone."""
    return [thing for thing in gc.get_objects() if type(thing) in {BotContext, UnitOfWork}]
