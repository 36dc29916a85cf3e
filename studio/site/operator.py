"""Django's admin under /admin/, for who runs this studio: accounts can be changed there, every other table only read.

Changes of projects, tracks and the rest go through the API, which writes their events and keeps their rules.
"""

from functools import update_wrapper
from typing import Any

from django import forms
from django.apps import apps
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm, UserChangeForm
from django.contrib.auth.views import redirect_to_login
from django.db import models
from django.http import Http404, HttpRequest, HttpResponse

from studio.accounts.models import User

OURS = "studio."
# Secrets, even as hashes.
UNSHOWN = {"token_sha256", "secret_sha256", "password", "code", "session_key"}


class OperatorSite(admin.AdminSite):
    """Who is no operator finds nothing here; who is signed out signs in on the studio's own page."""

    site_header = site_title = "Phosphene, for operators"
    index_title = "Tables"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        inner = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *arguments: Any, **words: Any) -> HttpResponse:
            return inner(request, *arguments, **words) if self.has_permission(request) else self.login(request)

        return update_wrapper(guarded, view)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if request.user.is_authenticated:
            raise Http404
        return redirect_to_login(request.GET.get("next") or request.get_full_path())


class NewAccount(AdminUserCreationForm):
    class Meta:
        model = User
        fields = ("email", "name")


class Account(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes: dict[str, type[forms.Field]] = {}


class Accounts(UserAdmin):
    """People: their name, address, password, whether they may sign in, and whether they run the studio."""

    form, add_form = Account, NewAccount
    ordering = ("email",)
    search_fields = ("email", "name")
    list_display = ("email", "name", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    filter_horizontal = ()
    fieldsets = (
        (None, {"fields": ("email", "name", "password")}),
        ("Rights", {"fields": ("is_active", "is_staff", "is_superuser")}),
        ("Dates", {"fields": ("last_login", "date_joined")}),
    )
    readonly_fields = ("last_login", "date_joined")
    add_fieldsets = ((None, {"fields": ("email", "name", "usable_password", "password1", "password2")}),)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # an account is switched off: what it made keeps its maker


class ReadOnly(admin.ModelAdmin):
    """A table to look at."""

    list_per_page = 50
    show_full_result_count = False

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        return [field.name for field in shown_fields(self.model) if not isinstance(field, models.JSONField)][:8]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        return [field.name for field in shown_fields(self.model)]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        links = [field.name for field in shown_fields(self.model) if isinstance(field, models.ForeignKey)]
        return super().get_queryset(request).select_related(*links)


def shown_fields(model: type[models.Model]) -> list[Any]:
    """The columns that an operator may see."""
    return [field for field in model._meta.concrete_fields if field.name not in UNSHOWN]


def build() -> OperatorSite:
    site = OperatorSite(name="admin")
    site.register(User, Accounts)
    for model in apps.get_models():
        if model.__module__.startswith(OURS) and model is not User:
            site.register(model, ReadOnly)
    return site


operator_site = build()
