from typing import Any

from rest_framework import serializers


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Where in the body, as items[2].quantity.")
    code = serializers.CharField(
        help_text="What is wrong, for programs: required, invalid, max_value, does_not_exist, ..."
    )
    message = serializers.CharField(help_text="For people.")


class ProblemDetailsSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details. Some errors have further members."""

    type = serializers.CharField(help_text="What is wrong, for programs: /problems/order-rejected, ...")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # the field, not the property
