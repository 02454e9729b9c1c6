"""One small life of the bot, as each revision of the tables stores it.

A new revision adds a maker of its own to `LIVES`: what the life looks like in its tables. What the life is stays the
same, and test_versions.py reads it back after the upgrade.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import orjson

from bot.domain.answer import Answer
from bot.domain.interview import Interview
from bot.domain.message import Say, to_json
from storage.crypto import ChainKey, DataKey, Vault
from storage.instants import to_ms
from tests.storage.support import FIRST_KEY, START, receipt, said

MOTHER, FATHER, AUNT, GRANDMOTHER, DANA, GROUP = 77001234567, 5, 6, 7, 101, -1001
DRAFT = Interview(screen=3, step="city", answers={"name": said("Айгерім")})
"""Where the mother, the father and the aunt stand. The mother's question is under way, the father's was sent as
message 17, and the aunt's was sent so long ago that it is forgotten."""
ENDED_AT_SCREEN = 9
SENT = ("And where?", "Still there?", "Decided")
"""What waits: two messages for the mother, in this order, and one for the father under the key "decided:1"."""
ANSWERS: Mapping[str, Answer] = {"name": said("Серік"), "city": said("Алма-Ата", value="almaty")}
REASON_ASKED = "reason:2:2"
"""What Dana was asked last: why report 2, which she holds, is to be rejected."""
ALIVE, DEAD = {"update_id": 11, "message": {"text": "Сәлем"}}, {"update_id": 12}
"""Updates that are set aside: one to be tried again, one given up."""
ARRIVED = {"update_id": 13, "message": {"text": "Сәлем"}}
NOW_MS = to_ms(START)
DAY_MS = to_ms(START + timedelta(days=1)) - NOW_MS

Row = dict[str, Any]
Rows = dict[str, list[Row]]
"""The rows of each table; whoever is referred to comes first. Ids are counted from 1 by the database."""


class Life:
    """The keys of one life, so that all that is sealed can be opened again."""

    def __init__(self) -> None:
        self.vault = Vault(FIRST_KEY, bytes(range(32, 64)))
        self.audit_key = ChainKey(bytes(range(64, 96)))
        self._keys = {who: self.vault.new_key() for who in (MOTHER, FATHER, AUNT, GRANDMOTHER, DANA, GROUP)}

    def key(self, telegram_id: int) -> str:
        """Return the key of somebody's chat."""
        return self.vault.chat_key(telegram_id)

    def seal(self, telegram_id: int, words: bytes, place: str) -> bytes:
        """Seal what belongs to somebody's chat."""
        return self._keys[telegram_id][0].seal(words, place=place)

    def wrapped_key(self, telegram_id: int) -> bytes:
        """Return the wrapped data key of somebody's chat."""
        return self._keys[telegram_id][1]

    def first(self) -> Rows:
        """Return the life in the tables of revision 0001."""
        return {
            "secrets": [{"name": "index key", "wrapped": FIRST_KEY.wrap(self.vault.index_key, place="index key")}],
            "seen_updates": [{"update_id": 1, "seen_at_ms": NOW_MS}],
            "deferred_updates": [self._deferred(ALIVE), self._deferred(DEAD) | {"dead_at_ms": NOW_MS}],
            "chats": [self._chat(who) for who in self._keys],
            "outbox": [
                self._sent(FATHER, 17),
                self._waiting(MOTHER, SENT[0]) | {"attempts": 1, "first_attempt_at_ms": NOW_MS},
                self._waiting(MOTHER, SENT[1]),
                self._waiting(FATHER, SENT[2]) | {"dedupe_key": "decided:1"},
                self._sent(DANA, 31) | {"about": REASON_ASKED},
            ],
            "conversations": [
                self._conversation(MOTHER) | {"shown_outbox_id": 2},
                self._conversation(FATHER) | {"shown_outbox_id": 1},
                self._conversation(AUNT) | {"shown_outbox_id": 999},
                {"chat_key": self.key(GRANDMOTHER), "screen": ENDED_AT_SCREEN, "changed_at_ms": NOW_MS},
            ],
            "digests": [
                {
                    "kind": "daily",
                    "period_start_ms": NOW_MS - DAY_MS,
                    "period_end_ms": NOW_MS,
                    "reports": 1,
                    "made_at_ms": NOW_MS,
                }
            ],
            **self._reports(),
        }

    def second(self) -> Rows:
        """Return the life in the tables of revision 0002: messages are named by keys, and processes by theirs."""
        rows = self.first()
        for number, message in enumerate(rows["outbox"], start=1):
            message.setdefault("dedupe_key", f"message:{number}")
        for conversation in rows["conversations"]:
            if (shown := conversation.pop("shown_outbox_id", None)) is not None:
                conversation["shown_key"] = f"message:{shown}"
        for chat in rows["chats"]:
            chat["free_at_us"] = NOW_MS * 1000
            if chat["chat_key"] == self.key(DANA):
                chat["last_about"] = REASON_ASKED
        rows["processes"] = [{"process": "one", "beat": 7}]
        rows["duties"] = [{"duty": "polling", "process": "one"}]
        rows["allowances"] = [{"allowance": "messages", "free_at_us": NOW_MS * 1000}]
        return rows

    def third(self) -> Rows:
        """Return the life in the tables of revision 0003: a batch waits as it came."""
        data_key, wrapped_key = self.vault.new_key()
        batch = {
            "first_update_id": ARRIVED["update_id"],
            "wrapped_key": wrapped_key,
            "sealed": data_key.seal(orjson.dumps([ARRIVED]), place="inbox"),
            "received_at_ms": NOW_MS,
        }
        return {**self.second(), "inbox": [batch]}

    def fourth(self) -> Rows:
        """Return the life in the tables of revision 0004: one report is passed on, and another was told with it."""
        rows = self.third()
        first, second = rows["reports"]
        return {**rows, "reports": [first | {"sharing": 1}, second | {"sharing": 0, "together_with": 1}]}

    def fifth(self) -> Rows:
        """Return the life in the tables of revision 0005: a photo of the mother's draft, and a word on report 1."""
        rows = self.fourth()
        data_key, wrapped_key = self.vault.new_key()
        photo = {
            "origin": f"{self.key(MOTHER)}:12",
            "chat_key": self.key(MOTHER),
            "question": "city",
            "kind": "photo",
            "state": "waiting",
            "wrapped_key": wrapped_key,
            "sealed": data_key.seal(b"{}", place="evidence"),
            "received_at_ms": NOW_MS,
            "not_before_ms": NOW_MS,
        }
        addition = {
            "origin": f"{self.key(MOTHER)}:13",
            "report_id": 1,
            "sealed": data_key.seal(b"{}", place="addition"),
            "received_at_ms": NOW_MS,
        }
        return {**rows, "evidence": [photo], "additions": [addition]}

    def sixth(self) -> Rows:
        """Return the life in the tables of revision 0006: Dana leads, and let somebody join; nothing is frozen."""
        rows, dana = self.fifth(), self.key(DANA)
        invite = {
            "token_key": self.vault.fingerprint("invite", "x" * 22),
            "role": "viewer",
            "made_by": dana,
            "made_at_ms": NOW_MS,
            "expires_at_ms": NOW_MS + DAY_MS,
        }
        member = {"chat_key": dana, "role": "lead", "cities": '["almaty"]', "added_at_ms": NOW_MS}
        return {**rows, "members": [member], "invites": [invite], "freezes": [{"id": 1}]}

    def seventh(self) -> Rows:
        """Return the life in the tables of revision 0007: Dana's approval of report 1 is noted in the audit."""
        rows = self.sixth()
        said = [1, NOW_MS, "person", self.key(DANA), "approved", 1, None, None, "{}"]
        link = self.audit_key.link(bytes(32), orjson.dumps(said))
        names = ("id", "at_ms", "actor", "actor_key", "act", "report_id", "case_id", "subject_key", "details")
        return {
            **rows,
            "secrets": [
                *rows["secrets"],
                {"name": "audit key", "wrapped": FIRST_KEY.wrap(self.audit_key.key, place="audit key")},
            ],
            "audit": [{**dict(zip(names, said, strict=True)), "link": link}],
            "audit_head": [{"id": 1, "last_id": 1, "link": link}],
        }

    def ninth(self) -> Rows:
        """Return the life in the tables of revision 0009: report 1 can be found, and Dana is searching."""
        rows = self.seventh()
        first, second = rows["reports"]
        search = {
            "chat_key": self.key(DANA),
            "sealed": self.seal(DANA, b"{}", "search"),
            "created_at_ms": NOW_MS,
        }
        key = {"key": self.vault.fingerprint("search", "city:almaty"), "report_id": 1}
        return {**rows, "reports": [first | {"indexed": 1}, second], "search_keys": [key], "searches": [search]}

    def tenth(self) -> Rows:
        """Return the life in the tables of revision 0010: report 1 is in a case, and Dana has report 2 in hand."""
        rows, dana = self.ninth(), self.key(DANA)
        first, second = rows["reports"]
        case = {"id": 1, "revision": 1, "status": "detained", "opened_by": dana, "opened_at_ms": NOW_MS}
        decision = {
            "report_id": 1,
            "decision": "approved",
            "case_id": 1,
            "decided_by": dana,
            "decided_at_ms": NOW_MS,
        }
        notice = {"id": 1, "made_at_ms": NOW_MS, "edited_at_ms": NOW_MS}
        in_hand = {
            "queued_at_ms": NOW_MS,
            "claimed_at_ms": NOW_MS,
            "city_key": self.vault.fingerprint("city", "almaty"),
        }
        added = {"case_id": 1, "added_by": dana, "added_at_ms": NOW_MS, "sealed": b"s"}
        corrected = {"report_id": 1, "question": "city", "corrected_by": dana, "corrected_at_ms": NOW_MS}
        return {
            "cases": [case],
            "notices": [notice],
            **rows,
            "reports": [first | {"case_id": 1, "notice_id": 1}, second | in_hand],
            "decisions": [decision],
            "case_statuses": [added | {"status": "moved"}],
            "case_tags": [added | {"tag_key": self.vault.fingerprint("tag", "x")}],
            "case_notes": [{"case_id": 1, "sealed": b"s", "written_by": dana, "written_at_ms": NOW_MS}],
            "case_picks": [
                {"case_id": 1, "question": "city", "report_id": 1, "picked_by": dana, "picked_at_ms": NOW_MS}
            ],
            "blocks": [{"chat_key": self.key(MOTHER), "blocked_by": dana, "blocked_at_ms": NOW_MS}],
            "questions": [{"report_id": 1, "sealed": b"s", "asked_by": dana, "asked_at_ms": NOW_MS}],
            "corrections": [corrected | {"sealed": b"s"}],
        }

    def _chat(self, telegram_id: int) -> Row:
        name = self.seal(telegram_id, "Дана".encode(), "chat name") if telegram_id == DANA else None
        return {
            "chat_key": self.key(telegram_id),
            "wrapped_key": self.wrapped_key(telegram_id),
            "sealed_telegram_id": self.seal(telegram_id, str(telegram_id).encode(), "chat id"),
            "sealed_name": name,
            "language": "kk",
            "created_at_ms": NOW_MS,
        }

    def _conversation(self, telegram_id: int) -> Row:
        return {
            "chat_key": self.key(telegram_id),
            "screen": DRAFT.screen,
            "step": DRAFT.step,
            "sealed_draft": self.seal(telegram_id, DRAFT.model_dump_json().encode(), "draft"),
            "changed_at_ms": NOW_MS,
        }

    def _waiting(self, telegram_id: int, words: str) -> Row:
        return {
            "chat_key": self.key(telegram_id),
            "priority": 0,
            "sealed": self.seal(telegram_id, to_json(Say(html=words)), "outgoing"),
            "created_at_ms": NOW_MS,
            "not_before_ms": NOW_MS,
        }

    def _sent(self, telegram_id: int, message_id: int) -> Row:
        done: Row = {"sealed": None, "attempts": 1, "first_attempt_at_ms": NOW_MS, "settled_at_ms": NOW_MS}
        return self._waiting(telegram_id, "") | done | {"outcome": "sent", "message_id": message_id}

    def _deferred(self, raw: dict[str, Any]) -> Row:
        data_key, wrapped_key = self.vault.new_key()
        return {
            "update_id": raw["update_id"],
            "chat_key": self.key(MOTHER),
            "wrapped_key": wrapped_key,
            "sealed": data_key.seal(orjson.dumps(raw), place="update"),
            "attempts": 1,
            "error": "KeyError",
            "not_before_ms": NOW_MS,
            "deferred_at_ms": NOW_MS,
        }

    def _reports(self) -> Rows:
        dana = self.key(DANA)
        approved = {"decision": "approved", "publish_as": "with_name", "decided_by": dana, "decided_at_ms": NOW_MS}
        claimed = {"claimed_by": dana, "claim_expires_at_ms": NOW_MS + 60_000}
        keys = [self.vault.new_key() for _ in range(2)]
        events = [(1, 1, "submitted", MOTHER), (1, 2, "claimed", DANA), (1, 3, "approved", DANA)]
        events += [(2, 1, "submitted", MOTHER), (2, 2, "claimed", DANA)]
        return {
            "reports": [
                self._report(1, *keys[0]) | approved | {"revision": 3, "digest_id": 1},
                self._report(2, *keys[1]) | claimed | {"revision": 2, "urgent": 1},
            ],
            "report_answers": [
                {
                    "report_id": report_id,
                    "question": question,
                    "position": position,
                    "sealed": data_key.seal(answer.model_dump_json().encode(), place=f"answer:{question}"),
                }
                for report_id, (data_key, _) in enumerate(keys, start=1)
                for position, (question, answer) in enumerate(ANSWERS.items(), start=1)
            ],
            "report_events": [
                {"report_id": report, "revision": revision, "event": event, "actor_key": self.key(who), "at_ms": NOW_MS}
                for report, revision, event, who in events
            ],
        }

    def _report(self, number: int, data_key: DataKey, wrapped_key: bytes) -> Row:
        code = receipt(number).code
        return {
            "origin": f"{self.key(MOTHER)}:{number}",
            "receipt_key": self.vault.fingerprint("receipt", code),
            "sealed_receipt": data_key.seal(code.encode(), place="receipt"),
            "chat_key": self.key(MOTHER),
            "wrapped_key": wrapped_key,
            "questionnaire_version": 1,
            "consent_version": 1,
            "language": "kk",
            "publishing": "with_name",
            "urgent": 0,
            "submitted_at_ms": NOW_MS,
        }


LIVES: Mapping[str, Callable[[Life], Rows]] = {
    "0001": Life.first,
    "0002": Life.second,
    "0003": Life.third,
    "0004": Life.fourth,
    "0005": Life.fifth,
    "0006": Life.sixth,
    "0007": Life.seventh,
    "0008": Life.seventh,  # only indexes are new
    "0009": Life.ninth,
    "0010": Life.tenth,
}
