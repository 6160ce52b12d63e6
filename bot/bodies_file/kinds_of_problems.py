"""Kinds of problems and emergencies, as a file says them."""

from __future__ import annotations

from typing import Any

from bot.bodies_file.fields import Fields, plain
from bot.bodies_file.parts import EmergencyPart, ServicePart
from bot.bodies_file.reading import Said

SERVICE = (
    "code",
    "names",
    "descriptions",
    "keywords",
    "group",
    "attributes",
    "notice",
    "radius",
    "months",
    "confidential",
    "order",
)
ATTRIBUTE = ("code", "datatype", "required", "description", "values", "variable", "found_after")
VALUE = ("key", "names")
EMERGENCY = ("code", "names", "keywords", "phone", "area")
DATATYPES = ("string", "number", "datetime", "text", "singlevaluelist", "multivaluelist")
LISTS = ("singlevaluelist", "multivaluelist")
FOUND = ("string", "number")
"""What can be found behind words of whoever reports; see `services/reporting/said_already.py`."""


def service(said: Said) -> ServicePart:
    """A kind of problem."""
    fields = Fields(said, SERVICE)
    months = [
        Fields(Said({"months": one}, one.where), ["months"]).whole("months", 1, least=1, most=12)
        for one in fields.each("months") or ()
    ]
    kept = {
        "names": fields.names("names"),
        "descriptions": fields.names("descriptions", needed=False, most=300),
        "keywords": fields.words("keywords"),
        "group": fields.text("group"),
        "attributes": _attributes(fields.each("attributes") or []),
        "service_notice": fields.names("notice", needed=False, most=300),
        "radius": fields.whole("radius", 60, least=1, most=2000),
        "months": sorted(set(months)),
        "confidential": fields.yes("confidential"),
        "order": fields.whole("order", 100, least=0, most=9999),
    }
    return ServicePart(fields.code("code", most=24), kept, said.where)


def _attributes(listed: list[Said]) -> list[dict[str, Any]]:
    """Further questions, in Open311's form; their order is that of the list."""
    found: list[dict[str, Any]] = []
    for order, said in enumerate(listed, 1):
        fields = Fields(said, ATTRIBUTE)
        code, datatype = fields.code("code", most=40), fields.text("datatype") or "string"
        if datatype not in DATATYPES:
            raise said.wrong(f"datatype should be one of {', '.join(DATATYPES)}: “{datatype}”.")
        if code in [one["code"] for one in found]:
            raise said.wrong(f"the question {code} stands there already.")
        variable = fields.get("variable") is None or fields.yes("variable")
        one: dict[str, Any] = {
            "code": code,
            "datatype": datatype,
            "required": fields.yes("required"),
            "order": order,
            "description": fields.names("description", most=300),
            "variable": variable,
        }
        values = fields.each("values") or []
        if bool(values) != (datatype in LISTS):
            raise said.wrong("values go with singlevaluelist and multivaluelist, and with nothing else.")
        if values:
            one["values"] = _values(values)
        if after := fields.words("found_after"):
            if datatype not in FOUND:
                raise said.wrong("found_after goes with string and number, and with nothing else.")
            one["found_after"] = after
        found.append(one)
    return found


def _values(listed: list[Said]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for said in listed:
        fields = Fields(said, VALUE)
        key = fields.code("key", most=40)
        if key in [one["key"] for one in found]:
            raise said.wrong(f"the value {key} stands there already.")
        found.append({"key": key, "name": fields.names("names")})
    return found


def emergency(said: Said) -> EmergencyPart:
    """What cannot wait."""
    fields = Fields(said, EMERGENCY)
    phone = plain(fields.need("phone"), "phone", most=32)
    if not set(phone) <= set("+0123456789 -()"):
        raise fields.need("phone").wrong(f"phone should be a telephone number, in quotes: “{phone}”.")
    kept = {"names": fields.names("names"), "keywords": fields.words("keywords"), "phone": phone}
    return EmergencyPart(fields.code("code", most=24), kept, fields.code_or_none("area"), said.where)
