from bot.domain.interview import Interview
from storage.chats import Chat
from storage.database import Clock, Database
from storage.location import Location
from storage.recent import Recent
from storage.unit_of_work import UnitOfWork
from tests.bot.domain.support import interview_at
from tests.storage.support import FIRST_KEY

FIRST, SECOND = interview_at("name"), interview_at("city")


def test_the_newest_are_remembered_and_the_oldest_are_forgotten() -> None:
    recent: Recent[int, str] = Recent()
    for number in range(5000):
        recent.put(number, str(number))
    assert recent.get(4999) == "4999"
    remembered = [number for number in range(5000) if recent.get(number)]
    assert remembered == list(range(5000 - len(remembered), 5000))
    assert 0 < len(remembered) < 5000


async def test_what_another_process_changed_is_read_and_not_what_is_remembered(
    database: Database, location: Location, clock: Clock
) -> None:
    async def stand(work: UnitOfWork, interview: Interview, name: str) -> None:
        chat = await work.chats.meet(1, language="ru")
        await work.conversations.save(chat, interview)
        await work.chats.rename(chat, name)
        await work.chats.set_wiped(chat, wiped=interview == SECOND)

    async def see(work: UnitOfWork) -> tuple[Chat, Interview | None]:
        chat = await work.chats.meet(1, language="ru")
        return chat, (await work.conversations.get(chat)).interview

    await database.perform(lambda work: stand(work, FIRST, "Aigerim"))
    await database.perform(see)
    async with Database.open(location, FIRST_KEY, clock=clock) as another:
        await another.perform(lambda work: stand(work, SECOND, "Айгерім"))
    chat, interview = await database.perform(see)
    assert interview == SECOND
    assert (chat.name, chat.telegram_id, chat.wiped) == ("Айгерім", 1, True)
