"""The admin's form of a product."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.http import QueryDict

from products import pictures
from products.attribute_values import AttributeKind, canonical_attributes, infer_kind, number_text
from products.catalogue_files.attribute_columns import cleaned_value
from products.catalogue_files.fields import Form, cleaned
from products.images import MAX_ALT_LENGTH, canonical_images, not_a_picture
from products.models import Attribute, Product, validate_flat

EMPTY_ROWS = 3
# Cleaned as in files and by the API.
TEXTS = {"sku": Form.CODE, "name": Form.LINE, "brand": Form.LINE, "description": Form.TEXT}


if TYPE_CHECKING:  # at run time it takes no type argument
    _ProductForm = forms.ModelForm[Product]
else:
    _ProductForm = forms.ModelForm


class RowsWidget(forms.Widget):
    """JSON as a row of inputs for each part, and some empty rows for new ones. It also accepts the JSON itself."""

    parts: tuple[str, ...]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        rows = [*self.rows(_loaded(value)), *({} for _ in range(EMPTY_ROWS))]
        context = super().get_context(name, value, attrs)
        return {**context, "rows": [{**row, "prefix": f"{name}-{place}"} for place, row in enumerate(rows)]}

    def value_from_datadict(self, data: Mapping[str, Any], files: object, name: str) -> Any:
        del files
        if name in data:
            return data[name]
        rows: list[dict[str, str]] = []
        while any(f"{name}-{len(rows)}-{part}" in data for part in self.parts):
            rows.append({part: data.get(f"{name}-{len(rows)}-{part}", "").strip() for part in self.parts})
        return json.dumps(self.from_rows([row for row in rows if any(row.values())]))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: object, name: str) -> bool:
        del files
        return not any(key == name or key.startswith(f"{name}-") for key in data)

    def rows(self, value: Any) -> list[dict[str, Any]]:
        raise NotImplementedError

    def from_rows(self, rows: list[dict[str, str]]) -> Any:
        raise NotImplementedError


class AttributesWidget(RowsWidget):
    """A code and a value in each row; a text with several values has one on each line."""

    template_name = "products/attributes_widget.html"
    parts = ("code", "value")
    known: Mapping[str, Attribute] = {}

    def rows(self, value: Any) -> list[dict[str, Any]]:
        values = value if isinstance(value, dict) else {}
        return [
            {"code": code, "value": _as_lines(values[code]), "attribute": self.known.get(code)}
            for code in sorted(values)
        ]

    def from_rows(self, rows: list[dict[str, str]]) -> dict[str, Any]:
        found: dict[str, list[str]] = {}
        for row in rows:
            found.setdefault(row["code"], []).extend(line.strip() for line in row["value"].splitlines())
        lines = {code: [line for line in found[code] if line] for code in found}
        return {code: values[0] if len(values) == 1 else values for code, values in lines.items()}


class ImagesWidget(RowsWidget):
    """An address and an alternative text in each row, with the picture."""

    template_name = "products/images_widget.html"
    parts = ("url", "alt")

    def rows(self, value: Any) -> list[dict[str, Any]]:
        images = [image for image in value if isinstance(image, dict)] if isinstance(value, list) else []
        return [{**image, "src": pictures.address(image.get("url", ""))} for image in images]

    def from_rows(self, rows: list[dict[str, str]]) -> list[dict[str, str]]:
        return [row for row in rows if row["url"]]


class ProductForm(_ProductForm):
    """A form that is not saved when the product has changed since the form was opened.

    Then each change is shown, and the form has the new values wherever its user has changed none.
    Saving it again is a decision about what is shown.
    """

    opened = forms.CharField(widget=forms.HiddenInput, required=False)
    upload = forms.FileField(
        required=False, label="Upload a picture", help_text="PNG, JPEG, WebP, AVIF or GIF, up to 5 MiB."
    )
    upload_alt = forms.CharField(
        required=False, max_length=MAX_ALT_LENGTH, label="Its alternative text", help_text="What it shows, in words."
    )

    class Meta:
        model = Product
        fields = (
            *("sku", "name", "brand", "category", "price", "list_price", "active", "description", "released"),
            *("attributes", "images", "gtins"),
        )
        help_texts: ClassVar = {
            "attributes": "One in each row; empty a row to remove it. Several texts are on a line each.",
            "images": "Lists show the first one; empty a row to remove it.",
            "gtins": "Numbers of its barcodes, separated by commas.",
        }
        widgets: ClassVar = {"attributes": AttributesWidget, "images": ImagesWidget}

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.new_kinds: dict[str, AttributeKind] = {}  # of attributes that do not exist yet, as their texts say
        if self.instance.pk:
            self.initial["opened"] = json.dumps(self._state_of(self.instance))
        if "attributes" in self.fields:
            codes = list(self.instance.attributes or ())
            known = {each.code: each for each in Attribute.objects.filter(code__in=codes)} if codes else {}
            self.fields["attributes"].widget.known = known

    def clean_attributes(self) -> Any:
        """Canonical, so that they can be compared. The model's own check reports what does not fit."""
        given = self.cleaned_data["attributes"]
        try:
            validate_flat(given)
        except forms.ValidationError:
            return given
        kinds = Attribute.objects.filter(code__in=given).kinds()
        stored = self.instance.attributes or {}
        try:
            given = {
                code: value if stored.get(code) == value else cleaned_value(value, kinds.get(code))
                for code, value in given.items()
            }
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error
        canonical, bad = canonical_attributes(given, kinds)
        self.new_kinds = {code: infer_kind([given[code]]) for code in canonical if code not in kinds}
        return given if bad else canonical

    def clean_images(self) -> Any:
        given = self.cleaned_data["images"]
        try:
            images = canonical_images(given or [])
        except ValueError:  # the model's own check says so
            return given
        if lost := pictures.missing({self.instance.sku: images}):
            raise forms.ValidationError([f"{not_a_picture(name)}." for names in lost.values() for name in names])
        return given

    def clean_upload(self) -> str:
        """The name under which the picture is stored; '' without one."""
        upload = self.cleaned_data["upload"]
        try:
            return pictures.save_upload(upload) if upload else ""
        except ValueError as error:
            raise forms.ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        for name, form in TEXTS.items():
            if name in values and name in self.changed_data:
                try:
                    values[name] = cleaned(values[name], form, None)
                except ValueError as error:
                    self.add_error(name, str(error))
        if "sku" in self.changed_data and (sku := values.get("sku")):
            others = Product.objects.filter(sku__iexact=sku).exclude(sku=sku).exclude(pk=self.instance.pk)
            if other := others.values_list("sku", flat=True).first():
                self.add_error("sku", f"“{sku}” differs only in case from the product “{other}”.")
        if self.instance.pk and (opened := _loaded(values.get("opened"))):
            self._compare(opened)
        return values

    def _compare(self, opened: Mapping[str, Any]) -> None:
        """Refuse the form if another writer has changed the product since. Locks it until the form is saved."""
        current = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=self.instance.pk)
        now = self._state_of(current)
        changed = [name for name in now if name in opened and opened[name] != now[name]]
        if not changed:
            return
        data = self.data.copy() if isinstance(self.data, QueryDict) else dict(self.data)
        for name in changed:
            then, shown = _in_words(opened[name]), _in_words(now[name])
            if self._is_untouched(name, opened[name]):
                self._put(data, name, current)
                message = f"Changed by somebody else from {then} to {shown}, which is now in the form."
            else:
                message = f"Changed by somebody else from {then} to {shown}. Yours is in the form."
            self.add_error(name, message)
        data[self.add_prefix("opened")] = json.dumps(now)
        self.data = data
        self.add_error(None, "Not saved: the product has changed since this form was opened. See the marked values.")

    def _state_of(self, product: Product) -> dict[str, Any]:
        fields = Product._meta.concrete_fields  # noqa: SLF001 - documented API
        return {field.name: field.value_to_string(product) for field in fields if field.name in self.fields}

    def columns(self) -> list[str]:
        """The columns that the form edits."""
        return list(self._state_of(self.instance))

    def _is_untouched(self, name: str, opened: Any) -> bool:
        """Whether the user left the value as the form was opened with."""
        if name not in self.cleaned_data:
            return False
        field = Product._meta.get_field(name)  # noqa: SLF001 - documented API
        probe = Product(**{name: self.cleaned_data[name]})
        return bool(field.to_python(field.value_to_string(probe)) == field.to_python(opened))  # type: ignore[union-attr]

    def _put(self, data: Any, name: str, product: Product) -> None:
        """Make the product's value the one that was sent for the field."""
        key = self.add_prefix(name)
        field = self.fields[name]
        value = field.prepare_value(product.serializable_value(name))
        for part in [part for part in data if part == key or part.startswith(f"{key}-")]:
            del data[part]
        if not isinstance(value, bool):
            data[key] = "" if value is None else value
        elif value:
            data[key] = "on"

    def save(self, commit: bool = True) -> Product:  # noqa: FBT001, FBT002 - Django's
        if stored := self.cleaned_data.get("upload"):
            self.instance.images = [*self.instance.images, {"url": stored, "alt": self.cleaned_data["upload_alt"]}]
        return super().save(commit)


def _loaded(value: Any) -> Any:
    """The value of JSON text; None for text that is not JSON."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except ValueError:
        return None


def _as_lines(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    return number_text(value) if isinstance(value, int | float) else str(value)


def _in_words(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"“{text}”" if text else "nothing"
