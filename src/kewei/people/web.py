"""Pages of people: signing in and out, people and posts, tokens, territories, the company's card."""

from functools import partial

from django.contrib.auth import login as start_session
from django.contrib.auth import logout as end_session
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import redirect, render, resolve_url
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kewei.kernel.refusals import N_, Refused
from kewei.people import actions, queries, rules, web_deputies
from kewei.people.forms import (
    CompanyForm,
    MoveForm,
    NewPasswordForm,
    OwnPasswordForm,
    PersonForm,
    PostForm,
    SignInForm,
    TerritoryForm,
    TokenForm,
)
from kewei.people.listing import Col, Filter, Listing
from kewei.people.notices import done

either = require_http_methods(["GET", "POST"])

# --- signing in and out ----------------------------------------------------------------------------------------------


@login_not_required
@sensitive_post_parameters("password")
@never_cache
@either
def sign_in(request):
    """登录  Start a session; the session's key is new, so that one planted before is worth nothing."""
    form = SignInForm(request.POST or None)
    if request.method == "GET" and request.user.is_authenticated:
        return redirect("desk:today")
    status = 200 if request.method == "GET" else 422
    refusal = None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        address = request.META.get("REMOTE_ADDR", "")
        try:
            person = actions.sign_in(
                login=given["username"], password=given["password"], address=address, now=timezone.now()
            )
        except (rules.WrongPassword, rules.TooManyAttempts) as no:
            refusal, status = no.sentence(_), no.status
        else:
            start_session(request, person)
            return redirect(_next(request))
    page = {"form": form, "refusal": refusal, "next": request.POST.get("next") or request.GET.get("next", "")}
    return render(request, "people/login.html", page, status=status)


@require_POST
def sign_out(request):
    """退出  End the session."""
    end_session(request)
    return redirect("people:login")


@sensitive_post_parameters()
@either
def own_password(request):
    """修改密码  One's own; every other session of the reader ends."""
    form = OwnPasswordForm(request.POST or None)
    if form.is_valid():
        if not request.user.check_password(form.cleaned_data["old"]):
            form.add_error("old", _("原密码不对"))
        elif _set_password(form, request.user, request):
            update_session_auth_hash(request, request.user)
            done(request, _("密码已修改，其他设备上的登录已失效"))
            return redirect("people:me")
    page = {"form": form, "title": _("修改密码"), "button": _("修改密码"), "back": resolve_url("people:me")}
    return _form(request, form, page)


def _next(request) -> str:
    """Where the reader wanted to go, if that is one of our own pages."""
    wanted = request.POST.get("next") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return resolve_url("desk:today")


# --- people ----------------------------------------------------------------------------------------------------------


def _roles(request) -> list[tuple[str, str]]:
    return [(code, _(role.name)) for code, role in rules.ROLES.items() if code != "system"]


def _posts(row: queries.PersonRow) -> str:
    """Live posts in one line: 业务员 · 湖北区."""
    return "，".join(f"{_(p.role_name)} · {p.territory}" if p.territory else _(p.role_name) for p in row.posts)


PEOPLE = Listing(
    name="people.list",
    title=N_("人员"),
    columns=[
        Col("name", N_("姓名"), lead=True, link=lambda row: reverse("people:card", args=[row.pk])),
        Col("login", N_("登录名")),
        Col("posts", N_("任职"), value=_posts),
        Col("last_login", N_("上次登录"), kind="moment"),
        Col("left_at", N_("离职"), kind="day", shown=False),
    ],
    filters=[
        Filter("text", N_("姓名或登录名"), kind="find"),
        Filter("role", N_("角色"), options=_roles),
        Filter("left", N_("已离职"), kind="flag"),
    ],
    empty_title=N_("没有符合条件的人员"),
    empty_icon="users",
    may_export="people.see",
)


@either
def list_people(request):
    """人员  Everybody, with their posts."""
    request.user.must("people.see")

    def fetch(start, limit, order, filters):
        return queries.persons(request.user, start=start, limit=limit, **filters)

    return PEOPLE.answer(
        request, fetch, template="people/list.html", context={"may_appoint": request.user.may("people.appoint")}
    )


@require_GET
def card(request, pk):
    """人员卡  A person, their posts, their tokens."""
    return _card(request, queries.person_card(request.user, pk))


@require_GET
def me(request):
    """我的  The reader's own card."""
    return _card(request, queries.person_card(request.user, request.user.pk))


def _card(request, row):
    page = {
        "row": row,
        "posts": queries.posts_of(request.user, row.pk),
        "tokens": queries.tokens(request.user, row.pk) if _own_or(request, row.pk, "people.token") else [],
        "tokens_shown": _own_or(request, row.pk, "people.token"),
        "own": row.pk == request.user.pk,
        "may_see": request.user.may("people.see"),
        "may_appoint": request.user.may("people.appoint") and row.left_at is None,
        "now": timezone.now(),
        "make_url": reverse("people:make_token") if row.pk == request.user.pk else "",
    }
    return render(request, "people/card.html", page)


def _own_or(request, pk: int, verb: str) -> bool:
    return pk == request.user.pk or request.user.may(verb)


@sensitive_post_parameters("password")
@either
def add_person(request):
    """新增人员  With a first post, in one go."""
    request.user.must("people.appoint")
    form, post = PersonForm(request.POST or None), PostForm(request.user, request.POST or None)
    if form.is_valid() and post.is_valid():
        given = {**form.cleaned_data, **post.cleaned_data}
        given["password"] = given["password"] or None
        person = _or_error(form, partial(actions.hire, by=request.user, now=timezone.now(), **given))
        if person:
            done(request, _("已新增 {name}").format(name=person.name))
            return redirect("people:card", person.pk)
    page = {
        "form": form,
        "more": post,
        "title": _("新增人员"),
        "button": _("新增人员"),
        "back": resolve_url("people:list"),
    }
    return _form(request, form, page)


@either
def give_post(request, pk):
    """任职  A further post."""
    request.user.must("people.appoint")
    person = queries.person_for(request.user, pk)
    form = PostForm(request.user, request.POST or None)
    if form.is_valid():
        give = partial(actions.give_post, person=person, by=request.user, now=timezone.now(), **form.cleaned_data)
        if _or_error(form, give):
            done(request, _("已任命 {name}").format(name=person.name))
            return redirect("people:card", pk)
    page = {
        "form": form,
        "title": _("任职：{name}").format(name=person.name),
        "button": _("任命"),
        "back": resolve_url("people:card", pk),
    }
    return _form(request, form, page)


@require_POST
def end_post(request, pk):
    """结束任职"""
    post = queries.post_for(request.user, pk)
    actions.end_post(post=post, by=request.user, now=timezone.now())
    done(request, _("{name} 的任职已结束").format(name=post.person.name))
    return redirect("people:card", post.person_id)


@require_POST
def leave(request, pk):
    """离职  Ends posts and tokens."""
    person = queries.person_for(request.user, pk)
    actions.person_leaves(person=person, by=request.user, now=timezone.now())
    done(request, _("{name} 已离职，任职与令牌均已结束").format(name=person.name))
    return redirect("people:card", pk)


@sensitive_post_parameters()
@either
def reset_password(request, pk):
    """重设密码  For somebody who forgot theirs."""
    request.user.must("people.appoint")
    person = queries.person_for(request.user, pk)
    form = NewPasswordForm(request.POST or None)
    if form.is_valid() and _set_password(form, person, request):
        done(request, _("{name} 的密码已重设").format(name=person.name))
        return redirect("people:card", pk)
    page = {
        "form": form,
        "title": _("重设密码：{name}").format(name=person.name),
        "button": _("重设密码"),
        "back": resolve_url("people:card", pk),
    }
    return _form(request, form, page)


def _set_password(form, person, request) -> bool:
    """Set it, or say beside the field what is wrong with it."""
    set_it = partial(actions.set_password, person=person, password=form.cleaned_data["new"], by=request.user)
    return bool(_or_error(form, partial(set_it, now=timezone.now()), "new"))


# --- tokens ----------------------------------------------------------------------------------------------------------


@never_cache
@either
def make_token(request):
    """签发令牌  For oneself; the secret is shown on this one answer and nowhere else."""
    form = TokenForm(request.user, request.POST or None)
    if form.is_valid():
        given = form.cleaned_data
        token, secret = actions.make_token(
            person=request.user,
            name=given["name"],
            scopes=given["scopes"],
            expires_at=form.expires_at(),
            by=request.user,
            now=timezone.now(),
        )
        return render(request, "people/token_made.html", {"token": token, "secret": secret})
    page = {"form": form, "title": _("签发令牌"), "button": _("签发"), "back": resolve_url("people:me")}
    return _form(request, form, page)


@require_POST
def revoke_token(request, pk):
    """吊销令牌"""
    token = queries.token_for(request.user, pk)
    actions.revoke_token(token=token, by=request.user, now=timezone.now())
    done(request, _("令牌「{name}」已吊销").format(name=token.name))
    return redirect("people:card", token.person_id)


# --- territories -----------------------------------------------------------------------------------------------------


@require_GET
def territories(request):
    """区域  The tree and who is posted where."""
    request.user.must("people.see")
    page = {"rows": queries.territories(request.user), "may_appoint": request.user.may("people.appoint")}
    return render(request, "people/territories.html", page)


@either
def draw_territory(request):
    """划定区域"""
    request.user.must("people.appoint")
    form = TerritoryForm(request.user, request.POST or None, initial={"parent": request.GET.get("under", "")})
    if form.is_valid():
        draw = partial(actions.draw_territory, by=request.user, now=timezone.now(), **form.cleaned_data)
        if _or_error(form, draw):
            done(request, _("区域已划定"))
            return redirect("people:territories")
    page = {"form": form, "title": _("划定区域"), "button": _("划定"), "back": resolve_url("people:territories")}
    return _form(request, form, page)


@either
def move_territory(request, pk):
    """区域调整"""
    request.user.must("people.appoint")
    territory = queries.territory_for(request.user, pk)
    form = MoveForm(request.user, request.POST or None, initial={"parent": territory.parent_id or ""})
    if form.is_valid():
        parent = form.cleaned_data["parent"]
        if _or_error(
            form,
            partial(actions.move_territory, territory=territory, parent=parent, by=request.user, now=timezone.now()),
        ):
            done(request, _("区域已调整"))
            return redirect("people:territories")
    page = {
        "form": form,
        "title": _("区域调整：{name}").format(name=territory.name),
        "button": _("移动"),
        "back": resolve_url("people:territories"),
    }
    return _form(request, form, page)


# --- the company -----------------------------------------------------------------------------------------------------


@either
def company(request):
    """公司资料  What statements print about us."""
    request.user.must("people.company")
    now_is = queries.company()
    initial = {name: getattr(now_is, name) for name in CompanyForm.base_fields}
    form = CompanyForm(request.POST or None, initial=initial)
    if form.is_valid():
        actions.set_company(**form.cleaned_data, by=request.user, now=timezone.now())
        done(request, _("公司资料已保存"))
        return redirect("people:company")
    page = {
        "form": form,
        "title": _("公司资料"),
        "button": _("保存"),
        "versions": queries.company_versions(),
        "back": resolve_url("people:list"),
    }
    return _form(request, form, page, "people/company.html")


# --- helpers ---------------------------------------------------------------------------------------------------------


def _or_error(form, do, field: str | None = None):
    """What `do` returns; a refusal becomes an error of the form, beside what was typed."""
    try:
        return do()
    except Refused as no:
        form.add_error(field, no.sentence(_))
        return None


def _form(request, form, page: dict, template: str = "people/form.html"):
    return render(request, template, page, status=422 if request.method == "POST" else 200)


urlpatterns = [
    path("login", sign_in, name="login"),
    path("logout", sign_out, name="logout"),
    path("me", me, name="me"),
    path("me/password", own_password, name="own_password"),
    path("deputies", web_deputies.deputies, name="deputies"),
    path("deputies/<int:pk>/end", web_deputies.end_deputy, name="end_deputy"),
    path("tokens/new", make_token, name="make_token"),
    path("tokens/<int:pk>/revoke", revoke_token, name="revoke_token"),
    path("", list_people, name="list"),
    path("new", add_person, name="add"),
    path("<int:pk>", card, name="card"),
    path("<int:pk>/posts/new", give_post, name="give_post"),
    path("<int:pk>/leave", leave, name="leave"),
    path("<int:pk>/password", reset_password, name="reset_password"),
    path("posts/<int:pk>/end", end_post, name="end_post"),
    path("territories", territories, name="territories"),
    path("territories/new", draw_territory, name="draw_territory"),
    path("territories/<int:pk>/move", move_territory, name="move_territory"),
    path("company", company, name="company"),
]
