"""XML as a tree of mappings and lists, read with expat and nothing that a document asks for.

No entity is declared or fetched: a document that tries is refused. The order of different
elements is not kept, for no programme needs it; each knows its line.
"""

from __future__ import annotations

from xml.parsers import expat

from bot.core.i18n import N_
from bot.features.programme.formats.parsed import UnreadableProgrammeError

_DEEPEST = 50
_TEXT = "name"
"""The key of an element's own words beside its attributes: `<room id="1">C01</room>`."""


class Element(dict[str, object]):
    line = 0

    def take(self, key: str, value: object) -> None:
        """A second element of the same name makes a list of them."""
        if key not in self:
            self[key] = value
        elif isinstance(self[key], list):
            self[key].append(value)  # type: ignore[attr-defined]
        else:
            self[key] = [self[key], value]


class _Builder:
    def __init__(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        self.root = Element()
        self._open: list[tuple[str, Element, list[str]]] = [("", self.root, [])]

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) > _DEEPEST:
            raise UnreadableProgrammeError(
                N_("This file is nested too deeply, or has numbers too large, to be a programme.")
            )
        element = Element({_local(key): value for key, value in attributes.items()})
        element.line = self._parser.CurrentLineNumber
        self._open.append((_local(name), element, []))

    def end(self, name: str) -> None:
        name, element, words = self._open.pop()
        text = "".join(words).strip()
        if text and element:
            element.setdefault(_TEXT, text)
        self._open[-1][1].take(name, element if element else text)

    def words(self, data: str) -> None:
        self._open[-1][2].append(data)


def _local(name: str) -> str:
    return name.rpartition(":")[2]


def _forbidden(*_: object) -> None:
    raise UnreadableProgrammeError(
        N_("This XML file declares entities, which a programme has no use for: it is not read.")
    )


def parse_xml(data: bytes) -> Element:
    """The document's element under its name; `UnreadableProgrammeError` says where it is broken."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    builder = _Builder(parser)
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.words
    parser.EntityDeclHandler = _forbidden
    parser.ExternalEntityRefHandler = _forbidden  # type: ignore[assignment]
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        raise UnreadableProgrammeError(
            N_("This file is not valid XML: see line {line}, column {column} ({reason})."),
            line=error.lineno,
            column=error.offset + 1,
            reason=expat.ErrorString(error.code),
        ) from error
    except (ValueError, LookupError) as error:  # an encoding that nobody knows
        raise UnreadableProgrammeError(
            N_("This file is not valid XML: {reason}."), reason=str(error)
        ) from error
    return builder.root
