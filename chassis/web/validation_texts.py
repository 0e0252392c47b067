"""What is wrong with a field, in words. Codes are Pydantic's own error types."""

from collections.abc import Mapping
from typing import Any

from kernel.language import Language

ARABIC = {
    "missing": "هذا الحقل مطلوب.",
    "extra_forbidden": "هذا الحقل غير معروف.",
    "string_type": "يجب أن يكون نصًا.",
    "string_too_short": "النص أقصر من {min_length}.",
    "string_too_long": "النص أطول من {max_length}.",
    "string_pattern_mismatch": "النص ليس بالشكل المطلوب.",
    "int_type": "يجب أن يكون عددًا صحيحًا.",
    "int_parsing": "يجب أن يكون عددًا صحيحًا.",
    "int_from_float": "يجب أن يكون عددًا صحيحًا.",
    "bool_type": "يجب أن يكون صحيحًا أو خطأ.",
    "greater_than": "يجب أن يكون أكبر من {gt}.",
    "greater_than_equal": "يجب ألا يقل عن {ge}.",
    "less_than": "يجب أن يكون أصغر من {lt}.",
    "less_than_equal": "يجب ألا يزيد على {le}.",
    "too_long": "العناصر أكثر من {max_length}.",
    "too_short": "العناصر أقل من {min_length}.",
    "enum": "القيم المقبولة: {expected}.",
    "literal_error": "القيم المقبولة: {expected}.",
    "datetime_from_date_parsing": "يجب أن يكون وقتًا بصيغة RFC 3339.",
    "datetime_parsing": "يجب أن يكون وقتًا بصيغة RFC 3339.",
    "timezone_aware": "يجب أن يذكر الوقت منطقته الزمنية.",
    "date_from_datetime_parsing": "يجب أن يكون تاريخًا بصيغة YYYY-MM-DD.",
    "date_parsing": "يجب أن يكون تاريخًا بصيغة YYYY-MM-DD.",
    "union_tag_invalid": "القيم المقبولة للنوع: {expected_tags}.",
    "union_tag_not_found": "ينقص النوع `kind`.",
    "list_type": "يجب أن يكون قائمة.",
    "dict_type": "يجب أن يكون كائنًا.",
    "model_attributes_type": "يجب أن يكون كائنًا.",
    "model_type": "يجب أن يكون كائنًا.",
}
OTHERWISE = "القيمة غير صالحة."


def validation_text(error: Mapping[str, Any], language: Language) -> str:
    """One finding as a sentence; what was sent is not repeated, for it may be personal."""
    if language is Language.ENGLISH:
        return str(error["msg"])
    return ARABIC.get(error["type"], OTHERWISE).format_map(Facts(error.get("ctx") or {}))


class Facts(dict[str, Any]):
    """The bounds a finding names; one it does not name shows as a dash."""

    def __missing__(self, _name: str) -> str:
        return "-"
