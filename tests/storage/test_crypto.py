import base64
import traceback

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto import KEY_BYTES, DataKey, InvalidMasterKey, MasterKeys, Vault, WrongKey
from tests.storage.support import BOTH_KEYS, FIRST_KEY

KEY = DataKey(bytes(range(32)))
OTHER_KEY = DataKey(bytes(range(1, 33)))
SECRET = bytes(range(200, 232))
ENCODED = base64.urlsafe_b64encode(SECRET).decode()
SECOND_KEY = MasterKeys({2: BOTH_KEYS.keys[2]})


@given(plain=st.binary(max_size=2000), place=st.text(max_size=40))
def test_what_was_sealed_opens_in_its_place(plain: bytes, place: str) -> None:
    assert KEY.open(KEY.seal(plain, place=place), place=place) == plain


def test_the_same_words_never_look_the_same_twice() -> None:
    assert KEY.seal(b"Aigerim", place="answer:name") != KEY.seal(b"Aigerim", place="answer:name")


def test_sealed_words_open_in_no_other_place() -> None:
    sealed = KEY.seal(b"Aigerim", place="answer:name")
    with pytest.raises(WrongKey):
        KEY.open(sealed, place="answer:city")


def test_sealed_words_open_under_no_other_key() -> None:
    sealed = KEY.seal(b"Aigerim", place="answer:name")
    with pytest.raises(WrongKey):
        OTHER_KEY.open(sealed, place="answer:name")


@given(data=st.data())
def test_one_flipped_bit_anywhere_is_noticed(data: st.DataObject) -> None:
    sealed = bytearray(KEY.seal(b"Aigerim", place="answer:name"))
    bit = data.draw(st.integers(min_value=0, max_value=len(sealed) * 8 - 1))
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(WrongKey):
        KEY.open(bytes(sealed), place="answer:name")


@pytest.mark.parametrize("length", [0, 1, 11, 12, 27])
def test_sealed_words_cut_short_do_not_open(length: int) -> None:
    sealed = KEY.seal(b"Aigerim", place="answer:name")
    with pytest.raises(WrongKey):
        KEY.open(sealed[:length], place="answer:name")


def test_a_generated_key_is_read_back() -> None:
    keys = MasterKeys.parse(MasterKeys.generate()).keys
    assert list(keys) == [1]
    assert len(keys[1]) == KEY_BYTES


def test_a_key_may_be_generated_for_a_later_version() -> None:
    assert list(MasterKeys.parse(MasterKeys.generate(version=7)).keys) == [7]


def test_two_generated_keys_differ() -> None:
    assert MasterKeys.generate() != MasterKeys.generate()


@pytest.mark.parametrize(
    "encoded", [base64.urlsafe_b64encode(SECRET).decode(), base64.b64encode(SECRET).decode()], ids=["url", "plain"]
)
def test_a_key_is_read_in_both_alphabets_of_base64(encoded: str) -> None:
    assert MasterKeys.parse(f"3:{encoded}").keys == {3: SECRET}


def test_several_keys_are_read_with_spaces_around_them() -> None:
    first, second = MasterKeys.generate(1), MasterKeys.generate(2)
    assert set(MasterKeys.parse(f" {first} , {second}\n").keys) == {1, 2}


@pytest.mark.parametrize(
    "text",
    [
        "",
        ENCODED,
        f":{ENCODED}",
        f"{ENCODED}:1",
        f"0:{ENCODED}",
        f"-1:{ENCODED}",
        f"1.5:{ENCODED}",
        f"65536:{ENCODED}",
        f"one:{ENCODED}",
        f"1:{ENCODED[:-1]}",
        f"1:{ENCODED[:-4]}",
        f"1:{ENCODED}{ENCODED}",
        f"1:{ENCODED[:20]}!{ENCODED[20:]}",
        f"1:{ENCODED[:20]} {ENCODED[20:]}",
        f"1:{ENCODED[:20]}ж{ENCODED[20:]}",
        f"1:{ENCODED},",
        f"1:{ENCODED},{ENCODED}",
        f"1:{ENCODED};2:{ENCODED}",
    ],
)
def test_a_wrong_master_key_is_refused_without_repeating_any_of_it(text: str) -> None:
    with pytest.raises(InvalidMasterKey) as refusal:
        MasterKeys.parse(text)
    # The traceback quotes source lines and messages, and with them whatever a message would give away.
    shown = "".join(traceback.format_exception(refusal.value)) + repr(refusal.value)
    assert not [part for part in range(len(ENCODED) - 5) if ENCODED[part : part + 6] in shown]


def test_the_newest_master_key_wraps() -> None:
    wrapped = BOTH_KEYS.wrap(SECRET, place="data key")
    assert SECOND_KEY.unwrap(wrapped, place="data key") == SECRET
    with pytest.raises(WrongKey):
        FIRST_KEY.unwrap(wrapped, place="data key")


def test_what_an_older_master_key_wrapped_still_opens_beside_a_newer_one() -> None:
    wrapped = FIRST_KEY.wrap(SECRET, place="data key")
    assert BOTH_KEYS.unwrap(wrapped, place="data key") == SECRET


def test_a_wrapped_key_does_not_open_without_its_version() -> None:
    wrapped = FIRST_KEY.wrap(SECRET, place="data key")
    with pytest.raises(WrongKey):
        SECOND_KEY.unwrap(wrapped, place="data key")


def test_a_wrapped_key_does_not_open_under_another_key_of_the_same_version() -> None:
    wrapped = FIRST_KEY.wrap(SECRET, place="data key")
    with pytest.raises(WrongKey):
        MasterKeys({1: SECRET}).unwrap(wrapped, place="data key")


def test_a_wrapped_index_key_is_no_data_key() -> None:
    wrapped = FIRST_KEY.wrap_new(place="index key")
    with pytest.raises(WrongKey):
        FIRST_KEY.unwrap(wrapped, place="data key")


def test_a_vault_opens_the_keys_that_it_made_and_no_two_are_alike() -> None:
    vault = Vault(FIRST_KEY, SECRET)
    one, wrapped_one = vault.new_key()
    other, _ = vault.new_key()
    assert vault.open_key(wrapped_one) == one
    assert one != other


def test_a_vault_after_a_rotation_opens_old_keys_and_wraps_new_ones_with_the_newest() -> None:
    old, wrapped_old = Vault(FIRST_KEY, SECRET).new_key()
    rotated = Vault(BOTH_KEYS, SECRET)
    new, wrapped_new = rotated.new_key()
    assert rotated.open_key(wrapped_old) == old
    assert Vault(SECOND_KEY, SECRET).open_key(wrapped_new) == new


def test_a_telegram_id_is_known_under_the_same_key_whatever_the_master_key() -> None:
    assert Vault(FIRST_KEY, SECRET).chat_key(77001234567) == Vault(BOTH_KEYS, SECRET).chat_key(77001234567)


def test_a_telegram_id_is_known_under_another_key_in_another_database() -> None:
    assert Vault(FIRST_KEY, SECRET).chat_key(77001234567) != Vault(FIRST_KEY, bytes(32)).chat_key(77001234567)


def test_fingerprints_of_two_purposes_differ() -> None:
    vault = Vault(FIRST_KEY, SECRET)
    assert vault.fingerprint("receipt", "77001234567") != vault.fingerprint("chat", "77001234567")


@given(st.integers(min_value=-(2**63), max_value=2**63 - 1))
def test_a_fingerprint_is_32_hex_characters(telegram_id: int) -> None:
    key = Vault(FIRST_KEY, SECRET).chat_key(telegram_id)
    assert len(key) == 32
    assert set(key) <= set("0123456789abcdef")


def test_no_key_material_is_shown_when_keys_are_printed() -> None:
    vault = Vault(MasterKeys({1: SECRET}), SECRET)
    shown = f"{vault!r} {vault} {vault.master!r} {DataKey(SECRET)!r}"
    for form in (SECRET.hex(), ENCODED, repr(SECRET)[2:-1], str(list(SECRET))[1:-1]):
        assert form not in shown
        assert form[:12] not in shown
