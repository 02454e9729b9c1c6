import csv
import dataclasses
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.countries import folder_of
from bot.understanding.charges import Charge, ChargeBook, denies

DATA = Path(__file__).parent / "data"
BOOK = folder_of("kz")
LANGUAGES = ("kk", "ru", "en")
charges = ChargeBook.load(BOOK)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def says_none(text: str) -> bool:
    return denies(text) and not charges.parse(text)


def shown(found: tuple[Charge, ...]) -> str:
    return ";".join(f"{charge}?" if charge.suggested else str(charge) for charge in found)


LABELLED = [(row["text"], row["expected"]) for row in rows(DATA / "charges.csv")]
FURTHER = [(row["text"], row["expected"]) for row in rows(DATA / "charges_more.csv")]
TITLES = [
    (Charge.of(f"{row['code']}:{row['article']}" + (f"/{row['part']}" if row["part"] else "")), row)
    for row in rows(BOOK / "charges.csv")
]


@pytest.mark.parametrize(("text", "expected"), LABELLED)
def test_a_labelled_charge_is_read(text: str, expected: str) -> None:
    assert shown(charges.parse(text)) == expected


@pytest.mark.parametrize(("text", "expected"), FURTHER)
def test_a_charge_is_read_as_people_type_it(text: str, expected: str) -> None:
    assert shown(charges.parse(text)) == expected


@pytest.mark.parametrize(
    "rewrite",
    [
        str.upper,
        str.title,
        lambda text: unicodedata.normalize("NFD", text),
        lambda text: text.translate(str.maketrans("әғқңөұүһі", "агкноуухи")),
        lambda text: text.replace("і", "i").replace("ё", "е"),
        lambda text: text.replace(" ", " \u200b "),
        lambda text: text.replace(" ", "\N{NO-BREAK SPACE}"),
        lambda text: text.replace("-", "–"),
        lambda text: f"«{text}»!!!",
        lambda text: f"здравствуйте, {text}, помогите 😢",
        lambda text: f"Сәлеметсіз бе! {text}",
    ],
    ids=[
        "upper case",
        "title case",
        "parted signs",
        "no Kazakh letters",
        "Latin i",
        "wide and unseen spaces",
        "spaces that do not break",
        "long dashes",
        "quotes",
        "words around",
        "Kazakh before",
    ],
)
def test_the_way_of_writing_makes_no_difference(rewrite: Callable[[str], str]) -> None:
    every = LABELLED + FURTHER
    assert not [text for text, expected in every if shown(charges.parse(rewrite(text))) != expected]


NAMES = {
    "CC": {"ru": "УК РК", "kk": "ҚК", "en": "Criminal Code"},
    "CAO": {"ru": "КоАП РК", "kk": "ӘҚБтК", "en": "Code of Administrative Offences"},
}
IN_FULL = {
    "ru": ("ст. {article} {code}", "ст. {article} ч. {part} {code}", "п. {paragraph} ч. {part} ст. {article} {code}"),
    "kk": (
        "{code} {article}-бабы",
        "{code} {article}-бабының {part}-бөлігі",
        "{code} {article}-бабы {part}-бөлігінің {paragraph}-тармағы",
    ),
    "en": (
        "Article {article} of the {code}",
        "part {part} of Article {article} of the {code}",
        "{code}, Article {article}, part {part}, paragraph {paragraph}",
    ),
}


@pytest.mark.parametrize("charge", [charge for charge, _ in TITLES], ids=str)
def test_a_charge_of_the_book_is_read_back_from_every_plain_form(charge: Charge) -> None:
    assert charges.parse(str(charge)) == (charge,)
    assert Charge.of(str(charge)) == charge
    for language, (of_article, of_part, of_paragraph) in IN_FULL.items():
        form = of_paragraph if charge.paragraph else of_part if charge.part else of_article
        written = form.format(
            code=NAMES[charge.code][language], article=charge.article, part=charge.part, paragraph=charge.paragraph
        )
        assert charges.parse(written) == (charge,), written


@pytest.mark.parametrize(
    "form", ["ст. {0} ч. {1}", "{0} ч{1}", "{0}({1})", "{0}/{1}", "{1} ч. {0} ст.", "{0}-бап {1}-бөлік"]
)
@given(part=st.integers(1, 20))
def test_any_part_of_any_article_is_read(form: str, part: int) -> None:
    for charge, _ in TITLES:
        assert charges.parse(form.format(charge.article, part)) == (Charge(charge.code, charge.article, str(part)),)


@pytest.mark.parametrize(("charge", "row"), TITLES, ids=[str(charge) for charge, _ in TITLES])
def test_a_title_names_its_own_charge_alone_and_is_fit_to_be_shown(charge: Charge, row: dict[str, str]) -> None:
    for language in LANGUAGES:
        assert charges.title(charge, language) == row[language]
        assert charges.parse(row[language]) == (dataclasses.replace(charge, suggested=True),)
        assert not set(row[language]) & set("()[]…")
        assert "..." not in row[language]
        assert row[language][0].isupper()
    assert row["verification"]


def test_a_title_is_that_of_the_closest_row() -> None:
    assert charges.title(Charge("CC", "272", "2"), "en") == "Participation in mass riots"
    assert charges.title(Charge("CC", "272", "2", "1"), "en") == "Participation in mass riots"
    assert charges.title(Charge("CC", "272", "9"), "en") == "Mass riots"
    assert charges.title(Charge("CC", "274", "4", "2"), "en") != charges.title(Charge("CC", "274", "4", "1"), "en")
    assert charges.title(Charge("CC", "274", "4", "1"), "en") == charges.title(Charge("CC", "274"), "en")
    assert charges.title(Charge("CC", "272", suggested=True), "ru") == "Массовые беспорядки"
    assert charges.title(Charge("CC", "434"), "ru") is None
    assert charges.title(Charge("CAO", "272"), "ru") is None
    assert charges.title(Charge("CC", "272"), "de") is None
    assert charges.title(Charge("CC", "272"), "verification") is None


def test_whatever_is_suggested_has_a_title_in_every_language() -> None:
    suggestions = {written for row in rows(BOOK / "charge_words.csv") for written in row["charges"].split("|")}
    assert len(suggestions) > 30
    assert not [
        (written, language)
        for written in suggestions
        for language in LANGUAGES
        if not charges.title(Charge.of(written), language)
    ]


def test_every_article_of_the_book_can_be_said_in_words() -> None:
    first = {Charge.of(row["charges"].split("|")[0]).article for row in rows(BOOK / "charge_words.csv")}
    assert first == {charge.article for charge, _ in TITLES}


@pytest.mark.parametrize(
    "text",
    [
        "не предъявлено", "обвинение не предъявлено", "обвинение ему пока не предъявили", "обвинения нет",
        "обвинений пока нет", "нет обвинения", "без обвинения", "без предъявления обвинения", "не сказали",
        "НЕ СКАЗАЛИ!", "нам ничего не сказали", "несказали", "не говорят за что", "ничего не объясняют", "не объяснили",
        "без объяснений", "без объяснения причин", "причину не назвали", "статью не говорят", "не сообщили", "молчат",
        "не знаю, нам не сказали", "айыптау жоқ", "айып тағылмады", "айып тағылған жоқ", "айып тақпады", "айыбы жоқ",
        "айтпады", "айтпайды", "айткан жок", "ештеңе айтпады", "түсіндірмеді", "себебін айтпады", "aitpady", "aiyp joq",
        "no charge", "No charges.", "not charged", "he has not been charged", "nothing was said", "they said nothing",
        "they did not say", "they didn't say", "they didn’t tell us", "without charge", "no explanation given",
        "no reason given", "ne skazali", "нет", "жоқ", "no", "none",
    ],
)  # fmt: skip
def test_no_charge_is_an_answer(text: str) -> None:
    assert says_none(text)
    assert charges.parse(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "👍", "не знаю", "не знаю за что", "я не знаю", "неизвестно", "не помню", "не уверен", "білмеймін",
        "белгісіз", "есімде жоқ", "I do not know", "don't know", "unknown", "not sure", "272", "ст. 272 ч. 2",
        "ст. 272, больше ничего не сказали", "не сказали, но говорят терроризм", "массовые беспорядки", "15 суток",
        "предъявлено обвинение", "обвинение есть", "сказали кража", "айып тағылды", "charged", "he was charged",
        "нет, ст. 272", "пропустить", "назад", "нет адвоката", "no lawyer",
    ],
)  # fmt: skip
def test_other_answers_do_not_say_that_there_is_no_charge(text: str) -> None:
    assert not says_none(text)


def test_a_charge_is_kept_once_in_the_order_said_and_as_fully_as_it_was_said() -> None:
    assert shown(charges.parse("269, 272, 269 и 188")) == "CC:269;CC:272;CC:188"
    assert shown(charges.parse("ст. 272, то есть ч. 2 ст. 272")) == "CC:272/2"
    assert shown(charges.parse("кража, потом 272")) == "CC:188?;CC:272"


def test_a_charge_is_a_value() -> None:
    charge = Charge("CC", "272", "2")
    assert charge == charges.parse("272 ч. 2")[0]
    assert charge.article == "272"
    assert charge.part == "2"
    assert charge.paragraph is None
    assert not charge.suggested
    assert charges.parse("участие в беспорядках")[0] == dataclasses.replace(charge, suggested=True)
    with pytest.raises(dataclasses.FrozenInstanceError):
        charge.part = "1"  # type: ignore[misc]


@pytest.mark.parametrize("written", ["", "CC", "CC:1/2/3/4", "CC:1:2"])
def test_only_what_str_writes_is_a_charge(written: str) -> None:
    with pytest.raises(ValueError, match="unpack"):
        Charge.of(written)


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> ChargeBook:
    folder = tmp_path_factory.mktemp("xx")
    (folder / "charges.csv").write_text(
        "code,article,part,en,fr,verification\nPC,31,,Riot,Émeute,made up\nPC,31,2,Armed riot,Émeute armée,made up\n"
        "MC,31,,Noise,Bruit,made up\nMC,7-2,,Litter,Déchets,made up\n",
        encoding="utf-8",
    )
    (folder / "codes.csv").write_text(
        "code,last_article,names\nPC,90,pc|penal code\nMC,40,mc|municipal code\n,0,law court*\n", encoding="utf-8"
    )
    (folder / "charge_words.csv").write_text("charges,words\nPC:31/2|PC:31,armed riot*/émeute*\n", encoding="utf-8")
    return ChargeBook.load(folder)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Article 31", "PC:31"),
        ("31 part 2", "PC:31/2"),
        ("article 31 of the Municipal Code", "MC:31"),
        ("7-2", "MC:7-2"),
        ("art. 60 PC", "PC:60"),
        ("art. 60 MC", ""),
        ("art. 31 of the law of the courts", ""),
        ("armed émeutes", "PC:31/2?"),
        ("272", ""),
        ("кража", ""),
    ],
)
def test_another_country_brings_its_own_book(elsewhere: ChargeBook, text: str, expected: str) -> None:
    assert shown(elsewhere.parse(text)) == expected


def test_another_country_has_titles_in_its_own_languages(elsewhere: ChargeBook) -> None:
    assert elsewhere.title(Charge("PC", "31", "2"), "fr") == "Émeute armée"
    assert elsewhere.title(Charge("PC", "31", "1"), "fr") == "Émeute"
    assert elsewhere.title(Charge("PC", "31"), "ru") is None


PIECES = st.sampled_from(
    ["ст. ", "ч. ", "п. ", "272", "2", ", ", "и ", "УК ", "УПК ", "бап ", "-", "(", ")", ".", "/", "part ", "§ ",
     "екі ", "жүз ", "двести ", "участие ", "беспорядки ", "не ", "II ", "№ ", "лет ", "\n", "¹", "8 701 ",
     "б. ", "380-1", " "]
)  # fmt: skip


@settings(deadline=None)
@given(
    st.text() | st.lists(PIECES, max_size=60).map("".join) | st.text(st.characters(categories=["Cs", "Nd", "Mn", "Cf"]))
)
@example("\ud83d")
@example("٢٧٢")
@example("ст. 0 ч. 0")
@example("ст. 272 ч. 99999999999999999999")
def test_anything_can_be_asked(text: str) -> None:
    found = charges.parse(text)
    assert len(set(found)) == len(found)
    assert not (says_none(text) and found)
    for charge in found:
        assert charge.code in NAMES
        assert Charge.of(str(charge)) == dataclasses.replace(charge, suggested=False)
        charges.title(charge, "ru")


@pytest.mark.parametrize(
    "piece",
    [
        "1,",
        "272 ",
        "272-2-",
        "ст. 272 ч. 2 п. 1, ",
        "участие ",
        "екі жүз ",
        "УК 272 КоАП 488 ",
        "(1",
        "ﷺ",
        "\u0306",
        "8 701 ",
    ],
)
def test_long_texts_are_read_like_others(piece: str) -> None:
    text = (piece * 5000)[:5000]
    assert charges.parse(text) == charges.parse(text[:4096])


ORDINARY = [
    "мой брат был дома вчера вечером, его увезли полицейские, мы ищем адвоката, никто не отвечает",
    "работал на заводе, шел из магазина через площадь, толпа, ранен в руку, больница, мама плачет",
    "помогите пожалуйста, телефон отключен, документы и паспорт остались в машине у соседа",
    "менің ағам үйде болды, оны полиция алып кетті, біз іздеп жүрміз, қайда екенін білмейміз",
    "көмектесіңіздерші, анам жылап отыр, інім жұмыста еді, телефоны өшірулі",
    "my brother was at home yesterday, they took him, nobody answers, we are looking for a lawyer",
    "please help, he is ill and he needs his medicine, his phone is off",
]


@settings(deadline=None)
@given(st.lists(st.sampled_from(sorted({word for said in ORDINARY for word in said.split()})), max_size=40))
def test_nothing_is_found_without_numbers_and_words_of_charges(words: list[str]) -> None:
    assert charges.parse(" ".join(words)) == ()
