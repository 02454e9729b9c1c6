"""The two ways in which the sandbox says no: to the bot in Telegram's words, to people in plain ones."""

from http import HTTPStatus

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

from bot.sandbox.wire import JsonObject

# What aiohttp raises over a broken form, a broken compression or an unknown charset.
BROKEN = (ValueError, LookupError, web.RequestPayloadError, HttpProcessingError)
# Telegram begins the description of an error with these words (tdlib/telegram-bot-api, Query::set_error).
_PREFIXES = {
    HTTPStatus.BAD_REQUEST: "Bad Request: ",
    HTTPStatus.FORBIDDEN: "Forbidden: ",
    HTTPStatus.CONFLICT: "Conflict: ",
}


class ApiError(Exception):
    """A Bot API method failed.

    `description` is complete, prefix included; `parameters` is Telegram's ResponseParameters.
    """

    def __init__(self, code: int, description: str, parameters: JsonObject | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def to_json(self) -> JsonObject:
        """Write the body of the answer."""
        body: JsonObject = {"ok": False, "error_code": self.code, "description": self.description}
        return body | ({"parameters": self.parameters} if self.parameters else {})


class ControlError(Exception):
    """A person, or whoever drives the control API, asked for something that cannot be.

    `labels` is set when the trouble is a button that is not there.
    """

    def __init__(self, message: str, *, status: int = 400, labels: list[str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.labels = labels

    def to_json(self) -> JsonObject:
        """Write the body of the answer."""
        body: JsonObject = {"error": str(self)}
        return body | ({} if self.labels is None else {"labels": self.labels})


def bad_request(words: str, parameters: JsonObject | None = None) -> ApiError:
    """400, the bot's own fault."""
    return _prefixed(HTTPStatus.BAD_REQUEST, words, parameters)


def forbidden(words: str) -> ApiError:
    """403, somebody does not want the bot."""
    return _prefixed(HTTPStatus.FORBIDDEN, words)


def conflict(words: str) -> ApiError:
    """409, two ways of getting updates at once."""
    return _prefixed(HTTPStatus.CONFLICT, words)


def too_many_requests(retry_after: int) -> ApiError:
    """429; `retry_after` is in seconds."""
    words = f"Too Many Requests: retry after {retry_after}"
    return ApiError(HTTPStatus.TOO_MANY_REQUESTS, words, {"retry_after": retry_after})


def not_implemented(words: str) -> ApiError:
    """501, which Telegram never says: the sandbox does not go so far."""
    return ApiError(HTTPStatus.NOT_IMPLEMENTED, f"Not Implemented: the sandbox does not support {words}")


def _prefixed(status: HTTPStatus, words: str, parameters: JsonObject | None = None) -> ApiError:
    return ApiError(status, _PREFIXES[status] + words, parameters)
