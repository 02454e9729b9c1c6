"""One transaction, seen as the repositories that take part in it."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Any

from storage.additions import Additions
from storage.allowances import Allowances
from storage.audit import Audit
from storage.blocks import Blocks
from storage.case_records import CaseRecords
from storage.cases import Cases
from storage.chats import Chats
from storage.conversations import Conversations
from storage.corrections import Corrections
from storage.crypto import ChainKey, Vault
from storage.decisions import Decisions
from storage.digests import Digests
from storage.engines import Connection
from storage.evidence import Evidence
from storage.figures import StoredFigures
from storage.inbox import Inbox
from storage.members import Members
from storage.notices import Notices
from storage.outbox import Outbox
from storage.own_reports import OwnReports
from storage.processes import Processes
from storage.questions import Questions
from storage.queue import Queue
from storage.recent import Opened
from storage.reports import Reports
from storage.search import Searches, SearchIndex
from storage.session import Session
from storage.stats import Stats
from storage.updates import Updates


class UnitOfWork:
    """What one transaction can read and write, at one moment `now`, in the name of one process."""

    def __init__(
        self,
        connection: Connection,
        queries: Any,
        *,
        vault: Vault,
        audit_key: ChainKey,
        opened: Opened,
        now: datetime,
        process: str,
    ) -> None:
        session = Session(connection)
        self.now = now
        self.updates = Updates(session, queries.updates, vault=vault)
        self.inbox = Inbox(session, queries.inbox, vault=vault, now=now)
        self.chats = Chats(session, queries.chats, vault=vault, opened=opened.chats, now=now)
        self.conversations = Conversations(session, queries.conversations, drafts=opened.drafts, now=now)
        self.outbox = Outbox(session, queries.outbox, chats=self.chats, now=now, process=process)
        self.reports = Reports(session, queries.reports, vault=vault, now=now)
        self.cases = Cases(session, queries.cases, now=now)
        self.case_records = CaseRecords(session, queries.case_records, vault=vault, now=now)
        self.members = Members(session, queries.members, vault=vault, reports=self.reports, cases=self.cases, now=now)
        self.queue = Queue(session, queries.queue, reports=self.reports, now=now)
        self.decisions = Decisions(
            session, queries.decisions, vault=vault, reports=self.reports, cases=self.cases, now=now
        )
        self.notices = Notices(session, queries.notices, vault=vault, now=now)
        self.corrections = Corrections(session, queries.corrections, vault=vault, reports=self.reports, now=now)
        self.evidence = Evidence(session, queries.evidence, vault=vault, now=now, process=process)
        self.search = SearchIndex(session, queries.search, vault=vault, cases=self.cases)
        self.searches = Searches(session, queries.search, now=now)
        self.additions = Additions(session, queries.additions, vault=vault, now=now)
        self.questions = Questions(session, queries.questions, vault=vault, now=now)
        self.blocks = Blocks(session, queries.blocks, reports=self.reports, now=now)
        self.own_reports = OwnReports(
            session,
            queries.own_reports,
            vault=vault,
            reports=self.reports,
            additions=self.additions,
            evidence=self.evidence,
            search=self.search,
            now=now,
        )
        self.allowances = Allowances(session, queries.allowances, now=now)
        self.digests = Digests(session, queries.digests, now=now)
        self.figures = StoredFigures(session, queries.figures, queue=self.queue, now=now)
        self.stats = Stats(session, queries.stats)
        self.processes = Processes(session, queries.processes, process=process)
        self.audit = Audit(session, queries.audit, key=audit_key, now=now)
        self._session = session

    async def hold(self, visitors: Mapping[int, str]) -> None:
        """Keep these chats from every other transaction, and read all that an update of theirs needs in one go.

        `visitors` gives, by Telegram id, the language in which a new one is spoken to.
        """
        if not visitors:
            return
        await self.chats.hold(visitors)
        await self.conversations.load([self.chats.key_of(telegram_id) for telegram_id in visitors])

    def turn(self) -> AbstractAsyncContextManager[None]:
        """Keep what the block changed, or, where it raises, undo just that and raise on."""
        return self._session.turn()

    def aside(self) -> AbstractAsyncContextManager[None]:
        """Read what is not needed for certain; where that fails, the transaction goes on without it."""
        return self._session.aside()

    def close(self) -> None:
        """Let go of what was held together for the transaction's sake."""
        self._session.close()

    async def write(self) -> None:
        """Write what waits to be written together, and then what was noted. The end of the transaction does it."""
        await self._session.flush()
        await self.reports.outdate_notices()
        await self.audit.write()
