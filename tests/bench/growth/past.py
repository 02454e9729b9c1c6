"""What a database holds that has served for years: rows that the bot can read, made faster than it could write them.

Everything sealed is a copy of one sealed value under one key, as long as a real one; what is searched for is as random
as a real fingerprint.
"""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, NamedTuple

from bot.domain.answer import Answer
from bot.domain.interview import Interview
from storage.crypto import Vault
from storage.instants import to_ms
from tests.storage.support import receipt, said

DIGESTED_TOGETHER = 500
"""Reports of one daily digest."""
UNDIGESTED = 300
"""Approved reports that the next digest tells of."""
CODED_EVERY = 500
"""Every so many-th report has a code that is known here, so that somebody can ask after it."""
IN_HAND_EVERY = 300
"""Of the waiting reports, every so many-th is in a coordinator's hands, while there are coordinators who have none."""
_MOST_IN_HAND = 10
_PLACES = 60
"""Places that reports come from, the first of them the most; some reports name none that is known."""
_NOTICED_TOGETHER = 20
_KEYS = 4
"""Search keys of each report. None of them is a key of what the acts report."""
_ANSWERS: dict[str, Answer] = {
    "name": said("Нұрсұлтан Серікұлы Жақсыбеков, 1987 г. р."),
    "city": said("Алматы", value="almaty"),
    "date": said("05.01.2022 вечером, около восьми", value="2022-01-05"),
    "charge": said("Статья 272, массовые беспорядки; протокол не показали, адвоката не пустили. " * 3),
    "conditions": Answer.pressed(choices=["no_lawyer", "beating"]),
}
_DAY_MS = 24 * 60 * 60 * 1000
_HEAD = (
    *("id", "origin", "receipt_key", "sealed_receipt", "chat_key", "wrapped_key", "questionnaire_version"),
    *("consent_version", "language", "publishing", "urgent", "submitted_at_ms", "city_key", "notice_id", "indexed"),
)
"""The columns of reports that `_head` gives."""


class Table(NamedTuple):
    """Rows for one table."""

    name: str
    columns: tuple[str, ...]
    rows: Iterable[tuple[Any, ...]]


@dataclass(frozen=True)
class Team:
    """The keys of the team's chats."""

    coordinators: tuple[str, ...]
    group: str


class Past:
    """Makes the rows. `reports` decided ones set the scale of everything else."""

    def __init__(self, vault: Vault, team: Team, *, reports: int, now: datetime, last_digest: datetime) -> None:
        self._team = team
        self._reports = reports
        self._chats = max(10, reports // 5)
        self._now_ms, self._last_digest_ms = to_ms(now), to_ms(last_digest)
        self._vault = vault
        key, self._wrapped = vault.new_key()
        self._telegram_id = key.seal(b"77001234567", place="chat id")
        self._receipt = key.seal(b"ABCDEFGHJ", place="receipt")
        self._places = [vault.fingerprint("city", f"place{number}") for number in range(_PLACES - 1)] + [None]
        self._draft = key.seal(
            Interview(screen=5, step="date", answers={"name": _ANSWERS["name"]}).model_dump_json().encode(),
            place="draft",
        )
        self._answers = [
            (question, position, key.seal(answer.model_dump_json().encode(), place=f"answer:{question}"))
            for position, (question, answer) in enumerate(_ANSWERS.items(), start=1)
        ]

    def served(self) -> Iterator[Table]:
        """Yield years of service: all that was decided, most of it digested, and what was said and seen of late."""
        columns = _columns("chat_key wrapped_key sealed_telegram_id language created_at_ms")
        yield Table("chats", columns, self._all_chats())
        columns = _columns("chat_key screen step sealed_draft changed_at_ms")
        yield Table("conversations", columns, self._conversations())
        columns = _columns("id kind period_start_ms period_end_ms reports made_at_ms")
        yield Table("digests", columns, self._digests())
        yield from self.decided(range(1, self._reports + 1))
        columns = _columns(
            "chat_key priority dedupe_key about attempts outcome message_id created_at_ms not_before_ms "
            "first_attempt_at_ms settled_at_ms"
        )
        yield Table("outbox", columns, self._sent(self._reports // 2))
        yield Table("seen_updates", _columns("update_id seen_at_ms"), self._seen(self._reports // 2))

    def decided(self, ids: range) -> Iterator[Table]:
        """Yield decided reports; the last of them are in no digest yet."""
        yield _notices(range(1, len(ids) // _NOTICED_TOGETHER + 2))
        approved = [number for number in ids if _is_approved(number)]
        columns = _columns("id revision status opened_by opened_at_ms")
        yield Table("cases", columns, ((number, 1, "detained", *self._decided_by(ids, number)) for number in approved))
        columns = (
            *_HEAD,
            *_columns("publish_as revision decision case_id decided_by decided_at_ms digest_id"),
        )
        yield Table("reports", columns, self._decided(ids))
        yield self._all_answers(ids)
        yield self._events(ids, ("submitted", "claimed", "approved"))
        yield self._search_keys(ids)
        columns = _columns("report_id decision case_id decided_by decided_at_ms")
        yield Table("decisions", columns, ((*self._decision(number), *self._decided_by(ids, number)) for number in ids))

    def waiting(self, ids: range, *, last_notice: int) -> Iterator[Table]:
        """Yield reports that wait; every fifth is urgent, and one in a few hundred is in a coordinator's hands.

        The notices that told of them come after the notice `last_notice`.
        """
        yield _notices(range(last_notice + 1, last_notice + 2 + len(ids) // _NOTICED_TOGETHER))
        columns = (*_HEAD, *_columns("queued_at_ms revision claimed_by claimed_at_ms claim_expires_at_ms"))
        yield Table("reports", columns, self._waiting(ids, last_notice))
        yield self._all_answers(ids)
        yield self._events(ids, ("submitted",))
        yield self._search_keys(ids)

    def codes(self) -> list[str]:
        """Return codes of reports decided long ago."""
        return [str(receipt(number)) for number in range(CODED_EVERY, self._reports + 1, CODED_EVERY)]

    def _all_chats(self) -> Iterator[tuple[Any, ...]]:
        for number in range(self._chats):
            yield _key("chat", number), self._wrapped, self._telegram_id, "ru", self._now_ms - number

    def _conversations(self) -> Iterator[tuple[Any, ...]]:
        """One in twenty stopped in the middle and never came back."""
        for number in range(self._chats):
            open_step, draft = ("date", self._draft) if number % 20 == 0 else (None, None)
            yield _key("chat", number), 9, open_step, draft, self._now_ms

    def _digests(self) -> Iterator[tuple[Any, ...]]:
        """Give one digest a day, back from the last one that was due."""
        many = self._reports // DIGESTED_TOGETHER + 2
        for number in range(1, many + 1):
            end_ms = self._last_digest_ms - (many - number) * _DAY_MS
            yield number, "daily", end_ms - _DAY_MS, end_ms, DIGESTED_TOGETHER, end_ms

    def _decided(self, ids: range) -> Iterator[tuple[Any, ...]]:
        """Give reports decided in the order of their ids, the last one just before the last digest was due."""
        newest_told = islice((number for number in reversed(ids) if _is_told(number)), UNDIGESTED)
        first_new = min(newest_told, default=ids.stop)
        for number in ids:
            decision, case_id = self._decision(number)[1:]
            publishing = "not_at_all" if number % 10 == 0 else "with_name"
            is_digested = _is_told(number) and number < first_new
            decided_by, decided_ms = self._decided_by(ids, number)
            yield (
                *self._head(number, publishing, decided_ms - 500_000, notice=number // _NOTICED_TOGETHER + 1),
                publishing if case_id else None,
                3,
                decision,
                case_id,
                decided_by,
                decided_ms,
                number // DIGESTED_TOGETHER + 1 if is_digested else None,
            )

    def _decision(self, number: int) -> tuple[int, str, int | None]:
        """Return a report, what was decided, and its case, which was made of it alone."""
        return (number, "approved", number) if _is_approved(number) else (number, "rejected", None)

    def _decided_by(self, ids: range, number: int) -> tuple[str, int]:
        decided_ms = self._last_digest_ms - (ids.stop - number) * 1000
        return self._team.coordinators[number % len(self._team.coordinators)], decided_ms

    def _waiting(self, ids: range, last_notice: int) -> Iterator[tuple[Any, ...]]:
        far_ms = self._now_ms + _DAY_MS
        for place, number in enumerate(ids):
            in_hand = place % IN_HAND_EVERY == IN_HAND_EVERY - 1 and place < _MOST_IN_HAND * IN_HAND_EVERY
            claim = (self._team.coordinators[-1], self._now_ms, far_ms) if in_hand else (None, None, 0)
            submitted_ms = self._now_ms - (ids.stop - number) * 10
            head = self._head(number, "with_name", submitted_ms, notice=last_notice + 1 + place // _NOTICED_TOGETHER)
            yield *head, submitted_ms, 1 + in_hand, *claim

    def _head(self, number: int, publishing: str, submitted_ms: int, *, notice: int) -> tuple[Any, ...]:
        chat = _key("chat", number % self._chats)
        code = self._vault.fingerprint("receipt", receipt(number).code) if number % CODED_EVERY == 0 else None
        found_by = code or _key("receipt", number)
        urgent, place = int(number % 5 == 0), self._places[min(number % 97, number % _PLACES)]
        return (
            *(number, f"{chat}:past:{number}", found_by, self._receipt, chat, self._wrapped, 1, 1, "ru"),
            *(publishing, urgent, submitted_ms, place, notice, 1),
        )

    def _search_keys(self, ids: range) -> Table:
        rows = ((_key(f"search {place}", number), number) for number in ids for place in range(_KEYS))
        return Table("search_keys", _columns("key report_id"), rows)

    def _all_answers(self, ids: range) -> Table:
        rows = ((number, *answer) for number in ids for answer in self._answers)
        return Table("report_answers", _columns("report_id question position sealed"), rows)

    def _events(self, ids: range, events: tuple[str, ...]) -> Table:
        actor = self._team.coordinators[0]
        rows = (
            (number, revision, event, actor, self._now_ms)
            for number in ids
            for revision, event in enumerate(events, start=1)
        )
        return Table("report_events", _columns("report_id revision event actor_key at_ms"), rows)

    def _sent(self, messages: int) -> Iterator[tuple[Any, ...]]:
        """Give what was sent within a week: of fourteen messages a card, its outcome, a notice; the rest to people."""
        coordinators, week_ms = self._team.coordinators, 7 * _DAY_MS
        for number in range(1, messages + 1):
            chat, priority, about = _key("chat", number * 7 % self._chats), 0, None
            match number % 14:
                case 0:
                    chat, priority, about = coordinators[number // 14 % len(coordinators)], 1, f"card:{number}:2"
                case 1:
                    chat = coordinators[number // 14 % len(coordinators)]
                case 2:
                    chat, priority = self._team.group, 2
            at_ms = self._now_ms - week_ms + week_ms * number // (messages + 1) + 60_000
            at = min(at_ms, self._now_ms)
            yield chat, priority, f"update:past{number}:1", about, 1, "sent", number, at, at, at, at

    def _seen(self, updates: int) -> Iterator[tuple[Any, ...]]:
        span_ms = int(timedelta(hours=47) / timedelta(milliseconds=1))
        for number in range(1, updates + 1):
            yield number, self._now_ms - span_ms + span_ms * number // (updates + 1)


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


def _notices(ids: range) -> Table:
    """Give notices that say what is so; what they tell of may change."""
    return Table("notices", _columns("id made_at_ms edited_at_ms outdated"), ((number, 1, 1, 0) for number in ids))


def _is_told(number: int) -> bool:
    """Say whether a decided report is approved, and its reporter agreed that a digest tells of it."""
    return _is_approved(number) and number % 10 != 0


def _is_approved(number: int) -> bool:
    return number % 7 != 0


def _key(kind: str, number: int) -> str:
    """Return a key of 32 hex characters, as random as a fingerprint, always the same for the same number."""
    return hashlib.blake2b(f"{kind}:{number}".encode(), digest_size=16).hexdigest()
