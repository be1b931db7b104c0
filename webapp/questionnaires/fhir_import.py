"""A FHIR R4 Questionnaire, read into our own values, or refused with the item's name. Pure.

What we don't know could change what a question means, so nothing unknown is passed over that
FHIR lets change it: types, conditions, modifiers, prefilled items. What changes nothing
and isn't shown is reported by `leaving_out.py`.
"""

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from webapp.core.wording import gettext as _
from webapp.core.wording import lazy_gettext as _l
from webapp.questionnaires.errors import NotImported, refused
from webapp.questionnaires.options import options_of
from webapp.questionnaires.questionnaire import Condition, Item, Questionnaire, Type

SDC = "http://hl7.org/fhir/uv/sdc/StructureDefinition/sdc-questionnaire-"
CORE = "http://hl7.org/fhir/StructureDefinition/"
COMPUTED = (f"{SDC}calculatedExpression", f"{CORE}questionnaire-calculatedExpression")
CONTROL = f"{CORE}questionnaire-itemControl"
HIDDEN = f"{CORE}questionnaire-hidden"
UNIT, FORMAT = f"{CORE}questionnaire-unit", f"{CORE}entryFormat"
# Extensions that change who is asked what, or what may be answered.
UNKNOWN = {
    f"{SDC}enableWhenExpression": _l("is asked based on a formula"),
    f"{SDC}initialExpression": _l("is filled in by a formula"),
    f"{SDC}answerExpression": _l("takes its answers from a formula"),
    f"{SDC}candidateExpression": _l("takes its answers from a formula"),
    f"{SDC}answerOptionsToggleExpression": _l("shows its answers based on a formula"),
    f"{SDC}unitValueSet": _l("asks for a unit"),
    f"{SDC}subQuestionnaire": _l("stands for another questionnaire"),
    f"{SDC}itemPopulationContext": _l("is filled in from elsewhere"),
    f"{CORE}questionnaire-constraint": _l("checks its answer with a formula"),
    f"{CORE}targetConstraint": _l("checks its answer with a formula"),
    f"{CORE}regex": _l("checks its answer with a pattern"),
    f"{CORE}questionnaire-optionExclusive": _l("has answers that rule out others"),
}
ANSWERS = {
    "answerBoolean": (Type.BOOLEAN,),
    "answerDecimal": (Type.DECIMAL, Type.INTEGER),
    "answerInteger": (Type.INTEGER, Type.DECIMAL),
    "answerString": (Type.STRING, Type.TEXT),
    "answerCoding": (Type.CHOICE, Type.OPEN_CHOICE),
}
OPERATORS = ("exists", "=", "!=", ">", "<", ">=", "<=")
DEEPEST = 8
# What reading a list as text, or a number as a list, ends in.
MALFORMED = (TypeError, AttributeError, KeyError, ValueError, ArithmeticError)
LONGEST_TITLE, LONGEST_KEY, LONGEST_ID = 255, 255, 255


def read(file: Any, file_name: str = "") -> Questionnaire:
    """The questionnaire in a parsed JSON file. FHIR asks for neither title nor id: what is known
    only by its file is called as that. Raises NotImported."""
    if not isinstance(file, dict) or file.get("resourceType") != "Questionnaire":
        raise NotImported(_("This file isn’t a FHIR Questionnaire."))
    try:
        return _read(file, file_name)
    except MALFORMED:
        raise NotImported(_("The questionnaire isn’t valid FHIR.")) from None


def _read(file: dict[str, Any], file_name: str) -> Questionnaire:
    _refuse_whole(file)
    url, name, (code, called) = _text(file, "url"), _text(file, "name"), _code(file)
    title = _text(file, "title") or name or called or _last_part(url) or file_name
    key = url or _identifier(file) or _text(file, "id") or name or code or file_name
    if not title or not key:
        raise NotImported(_("The questionnaire has no title, or nothing to identify it by."))
    if len(title) > LONGEST_TITLE or len(key) > LONGEST_KEY:
        raise NotImported(_("The questionnaire’s title or name is longer than 255 characters."))
    items = _Items(file).read(file.get("item"), 0)
    found = Questionnaire(
        key, title, items, url, _text(file, "version"), _text(file, "language"),
        _text(file, "copyright"),
    )  # fmt: skip
    if not found.questions:
        raise NotImported(_("The questionnaire has no questions."))
    return found


def _refuse_whole(file: dict[str, Any]) -> None:
    if file.get("modifierExtension") or file.get("implicitRules"):
        raise NotImported(_("The questionnaire has a modifier that we don’t support."))
    if file.get("status") == "retired":
        raise NotImported(_("The questionnaire is retired."))
    subjects = file.get("subjectType") or ["Patient"]
    if not {"Patient", "Person"} & set(subjects):
        raise NotImported(_("The questionnaire isn’t about a patient."))
    if not isinstance(file.get("item"), list) or not file["item"]:
        raise NotImported(_("The questionnaire has no items."))


class _Items:
    """Reads items in order: conditions may point only to what was asked before."""

    def __init__(self, file: dict[str, Any]) -> None:
        self.contained = [
            resource for resource in file.get("contained") or [] if isinstance(resource, dict)
        ]
        self.ids: set[str] = set()
        self.asked: dict[str, Item] = {}

    def read(self, items: Any, depth: int) -> tuple[Item, ...]:
        if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
            raise NotImported(_("The questionnaire’s items aren’t a list of items."))
        found = [self._item(item, depth) for item in items]
        return tuple(kept for kept in found if kept is not None)

    def _item(self, item: dict[str, Any], depth: int) -> Item | None:
        try:
            return self._read_item(item, depth)
        except MALFORMED:
            raise refused(item, _("isn’t valid FHIR")) from None

    def _read_item(self, item: dict[str, Any], depth: int) -> Item | None:
        link_id = item.get("linkId")
        if not isinstance(link_id, str) or not link_id.strip() or len(link_id) > LONGEST_ID:
            raise refused(item, _("has no link id"))
        if link_id in self.ids:
            raise refused(item, _("has the same link id as another item"))
        self.ids.add(link_id)
        extensions = extensions_of(item)
        if any(url in extensions for url in COMPUTED) or extensions.get(HIDDEN) is True:
            return None  # what others compute from the answers, or nobody would see
        kind = self._type(item)
        _refuse(item, kind, extensions, depth)
        if not kind.is_asked and kind != Type.GROUP:
            return Item(
                link_id, kind, _words(item), _text(item, "prefix"), when=self._when(item),
                when_all=_all(item),
            )  # fmt: skip
        if kind == Type.GROUP:
            when = self._when(item)
            inside = self.read(item.get("item") or [], depth + 1)
            return Item(
                link_id, kind, _words(item), _text(item, "prefix"), when=when,
                when_all=_all(item), items=inside,
            )  # fmt: skip
        return self._with_inside(self._question(item, kind, extensions), item, depth)

    def _type(self, item: dict[str, Any]) -> Type:
        try:
            return Type(item.get("type"))  # type: ignore[arg-type]
        except ValueError:
            kind = item.get("type")
            raise refused(
                item, _("has a type that can’t be answered here, “%(kind)s”", kind=kind)
            ) from None

    def _question(self, item: dict[str, Any], kind: Type, extensions: dict[str, Any]) -> Item:
        if not _words(item):
            raise refused(item, _("has no text to ask"))
        is_choice = kind.is_choice
        if not is_choice and (item.get("answerOption") or item.get("answerValueSet")):
            raise refused(
                item, _("has answers to choose from, but its type is “%(kind)s”", kind=kind)
            )
        least, most = _limits(item, kind, extensions)
        question = Item(
            link_id=item["linkId"],
            type=kind,
            text=_words(item),
            prefix=_text(item, "prefix"),
            required=item.get("required") is True,
            options=options_of(item, self.contained) if is_choice else (),
            when=self._when(item),
            when_all=_all(item),
            least=least,
            most=most,
            longest=_longest(item),
            help=tuple(x for x in (extensions.get(FORMAT),) if isinstance(x, str) and x.strip()),
            unit=_unit(extensions.get(UNIT)) if kind.is_number else "",
        )
        self.asked[question.link_id] = question
        return question

    def _with_inside(self, question: Item, item: dict[str, Any], depth: int) -> Item:
        """Texts inside a question stand with it; other questions are asked after it. A text that
        waits for an answer can stand only after it too."""
        given, helps, unit = item.get("item") or [], list(question.help), question.unit
        controls = {
            child.get("linkId"): _control(child) for child in given if isinstance(child, dict)
        }
        after = []
        for inner in self.read(given, depth + 1):
            if inner.type != Type.DISPLAY or inner.when:
                after.append(inner)
            elif controls[inner.link_id] == "unit" and question.type.is_number and not unit:
                unit = inner.text
            elif inner.heading:
                helps.append(inner.heading)
        return replace(question, help=tuple(helps), unit=unit, items=tuple(after))

    def _when(self, item: dict[str, Any]) -> tuple[Condition, ...]:
        conditions = item.get("enableWhen") or []
        if not isinstance(conditions, list) or not all(isinstance(x, dict) for x in conditions):
            raise refused(item, _("has conditions that aren’t a list"))
        behaviour = item.get("enableBehavior")
        if behaviour not in (None, "all", "any") or (behaviour is None and len(conditions) > 1):
            raise refused(
                item, _("has several conditions and doesn’t say if all or any must be met")
            )
        return tuple(self._condition(item, condition) for condition in conditions)

    def _condition(self, item: dict[str, Any], condition: dict[str, Any]) -> Condition:
        link_id, operator = condition.get("question"), condition.get("operator")
        question = self.asked.get(link_id) if isinstance(link_id, str) else None
        if question is None:
            raise refused(
                item,
                _("depends on “%(link_id)s”, which isn’t a question before it", link_id=link_id),
            )
        if operator not in OPERATORS:
            raise refused(
                item,
                _("has a condition with “%(operator)s”, which we don’t support", operator=operator),
            )
        given = [name for name in condition if name.startswith("answer")]
        if len(given) != 1 or given[0] not in ANSWERS:
            raise refused(item, _("has a condition on an answer that we can’t compare"))
        name, value = given[0], condition[given[0]]
        if operator == "exists":
            if not isinstance(value, bool):
                raise refused(item, _("has an “exists” condition without yes or no"))
            return Condition(question.link_id, operator, value)
        if question.type not in ANSWERS[name]:
            raise refused(
                item, _("compares “%(link_id)s” with an answer of another type", link_id=link_id)
            )
        answer = _compared(item, question, name, value)
        if operator not in ("=", "!="):
            ordinal = isinstance(answer, str) and question.type.is_choice
            if ordinal and any(option.ordinal is None for option in question.options):
                raise refused(
                    item,
                    _(
                        "compares “%(link_id)s” by number, but its answers have none",
                        link_id=link_id,
                    ),
                )
            if not ordinal and not isinstance(answer, Decimal):
                raise refused(
                    item,
                    _(
                        "has a condition with “%(operator)s” on answers without order",
                        operator=operator,
                    ),
                )
        return Condition(question.link_id, operator, answer)


def _compared(item: dict[str, Any], question: Item, name: str, value: Any) -> str | Decimal | bool:
    if name == "answerBoolean" and isinstance(value, bool):
        return value
    if name == "answerString" and isinstance(value, str):
        return value
    if name in ("answerDecimal", "answerInteger") and is_number(value):
        return Decimal(str(value))
    if name == "answerCoding" and isinstance(value, dict):
        key = coding_key(value)
        found = [
            option.key for option in question.options
            if option.key == key or ("system" not in value and option.key.split("|")[-1] == key)
        ]  # fmt: skip
        if len(found) == 1:
            return found[0]
        raise refused(
            item,
            _("depends on an answer that “%(link_id)s” doesn’t have", link_id=question.link_id),
        )
    raise refused(item, _("has a condition on an answer that we can’t compare"))


def _refuse(item: dict[str, Any], kind: Type, extensions: dict[str, Any], depth: int) -> None:
    if item.get("modifierExtension"):
        raise refused(item, _("has a modifier that we don’t support"))
    for url, why in UNKNOWN.items():
        if url in extensions:
            raise refused(item, str(why))
    if item.get("repeats") is True or (extensions.get(f"{CORE}questionnaire-maxOccurs") or 1) != 1:
        raise refused(item, _("takes more than one answer"))
    if item.get("initial") or item.get("readOnly") is True:
        raise refused(item, _("is filled in ahead; each answer must come from the patient"))
    if item.get("item") and kind == Type.DISPLAY:
        raise refused(item, _("has items inside, but is only text"))
    if kind == Type.GROUP and not item.get("item"):
        raise refused(item, _("is a group with nothing in it"))
    if depth >= DEEPEST:
        raise refused(item, _("is nested too deep"))
    for name in ("text", "prefix"):
        if not isinstance(item.get(name, ""), str):
            raise refused(
                {"linkId": item["linkId"]}, _("has a %(name)s that isn’t text", name=name)
            )


def _limits(
    item: dict[str, Any], kind: Type, extensions: dict[str, Any]
) -> tuple[Decimal | None, Decimal | None]:
    found = []
    for name in ("minValue", "maxValue"):
        value = extensions.get(f"{CORE}{name}")
        if value is not None and not (kind.is_number and is_number(value)):
            raise refused(item, _("has a %(name)s that isn’t a number", name=name))
        found.append(None if value is None else Decimal(str(value)))
    least, most = found
    if least is not None and most is not None and least > most:
        raise refused(item, _("has a minimum above its maximum"))
    return least, most


def _longest(item: dict[str, Any]) -> int | None:
    longest = item.get("maxLength")
    if longest is not None and (not isinstance(longest, int) or longest < 1):
        raise refused(item, _("has a maximum length that isn’t a number"))
    return longest


def _unit(coding: Any) -> str:
    found = coding if isinstance(coding, dict) else {}
    return _text(found, "display") or _text(found, "code")


def _control(item: dict[str, Any]) -> str:
    """How a text is meant: help, unit, or as FHIR names it."""
    concept = extensions_of(item).get(CONTROL)
    codings = concept.get("coding") if isinstance(concept, dict) else None
    first = codings[0] if isinstance(codings, list) and codings else None
    return _text(first, "code") if isinstance(first, dict) else ""


def _all(item: dict[str, Any]) -> bool:
    return item.get("enableBehavior") != "any"


def _words(item: dict[str, Any]) -> str:
    return " ".join(str(item.get("text") or "").split())


def _text(holder: dict[str, Any], name: str) -> str:
    value = holder.get(name)
    return value.strip() if isinstance(value, str) else ""


def _code(file: dict[str, Any]) -> tuple[str, str]:
    """What the whole is coded as: to know it by, and to call it."""
    given = file.get("code")
    for coding in given if isinstance(given, list) else []:
        if isinstance(coding, dict) and _text(coding, "code"):
            return coding_key(coding), _text(coding, "display") or _text(coding, "code")
    return "", ""


def _last_part(url: str) -> str:
    return url.partition("|")[0].rpartition("/")[2]


def _identifier(file: dict[str, Any]) -> str:
    found: Iterable[Any] = file.get("identifier") or []
    for identifier in found:
        if (
            isinstance(identifier, dict)
            and isinstance(identifier.get("value"), str)
            and identifier["value"].strip()
        ):
            return f"{identifier.get('system') or ''}|{identifier['value'].strip()}"
    return ""


def extensions_of(holder: dict[str, Any]) -> dict[str, Any]:
    """The extensions of an element, each with its value; True for one without."""
    found: dict[str, Any] = {}
    for extension in holder.get("extension") or []:
        if isinstance(extension, dict) and isinstance(extension.get("url"), str):
            values = [value for name, value in extension.items() if name.startswith("value")]
            found.setdefault(extension["url"], values[0] if values else True)
    return found


def is_number(value: Any) -> bool:
    """A number of JSON, which yes and no aren't."""
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def coding_key(coding: dict[str, Any]) -> str:
    """What a coding is known by."""
    system, code = coding.get("system"), coding.get("code")
    return f"{system}|{code}" if system else str(code)
