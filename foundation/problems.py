from typing import Any

from rest_framework import serializers


class FieldErrorSerializer(serializers.Serializer[Any]):
    field = serializers.CharField(help_text="Where in the body, as items[2].quantity.")
    message = serializers.CharField()


class ProblemDetailsSerializer(serializers.Serializer[Any]):
    """RFC 9457 problem details. Some errors have further members."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    instance = serializers.CharField()
    errors = FieldErrorSerializer(many=True, required=False)  # type: ignore[assignment]  # the field, not the property
