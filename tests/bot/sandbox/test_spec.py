from bot.sandbox import spec
from bot.sandbox.api.methods import HANDLERS
from bot.sandbox.spec import Kind


def test_methods_are_those_of_telegram_in_lower_case() -> None:
    assert spec.methods()["sendmessage"].name == "sendMessage"
    assert "initialize" not in spec.methods()
    assert len(spec.methods()) > 150


def test_every_implemented_method_is_telegrams() -> None:
    assert HANDLERS.keys() <= spec.methods().keys()


def test_parameters_are_those_that_go_over_the_wire() -> None:
    parameters = spec.methods()["sendmessage"].parameters
    assert {"chat_id", "text", "reply_parameters", "link_preview_options", "protect_content"} <= parameters.keys()
    conveniences = {"reply_to_message_id", "allow_sending_without_reply", "disable_web_page_preview", "api_kwargs"}
    assert not parameters.keys() & (conveniences | {"read_timeout", "pool_timeout", "self"})


def test_kinds_come_from_the_annotations() -> None:
    def kinds(method: str) -> dict[str, Kind]:
        return {name: parameter.kind for name, parameter in spec.methods()[method].parameters.items()}

    assert kinds("sendmessage")["chat_id"] is Kind.CHAT
    assert kinds("sendmessage")["text"] is Kind.STRING
    assert kinds("sendmessage")["reply_markup"] is Kind.JSON
    assert kinds("sendmessage")["protect_content"] is Kind.BOOLEAN
    assert kinds("sendphoto")["photo"] is Kind.FILE
    assert kinds("getupdates")["timeout"] is Kind.INTEGER
    assert kinds("deletemessages")["message_ids"] is Kind.JSON
    assert kinds("getfile")["file_id"] is Kind.STRING
    assert kinds("sendlocation")["latitude"] is Kind.FLOAT


def test_required_is_what_has_no_default() -> None:
    parameters = spec.methods()["sendmessage"].parameters
    assert [name for name, parameter in parameters.items() if parameter.required] == ["chat_id", "text"]


def test_figures_are_telegrams() -> None:
    assert spec.TEXT_MAX == 4096
    assert spec.CAPTION_MAX == 1024
    assert spec.CALLBACK_DATA_MAX == 64
    assert spec.CALLBACK_ANSWER_MAX == 200
    assert spec.DOWNLOAD_MAX == 20 * 1024 * 1024
    assert {"chat_member", "message_reaction", "message_reaction_count"} == (
        spec.UPDATE_TYPES - spec.DEFAULT_UPDATE_TYPES
    )
