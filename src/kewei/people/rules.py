"""Who may do what: verbs `room.verb`, roles as sets of verbs, how far each role sees (design §2, domain 4.4, 4.9)."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from kewei.kernel.refusals import N_, Refused, refusal

OWN, TERRITORY, COMPANY = "own", "territory", "company"

SEE_CUSTOMERS = {"terminals.see", "products.see", "sales.see"}
SEE_MONEY = {"receivables.see", "receivables.statement"}
KEEP_CARDS = {"terminals.create", "terminals.edit"}
# Winning customers is selling (domain 4.4): no MR, and nobody who judges or books.
WIN = {"terminals.prospect"}
KEEP_LEDGER = {
    "receivables.post_invoice",
    "receivables.post_red_letter",
    "receivables.receive",
    "receivables.allocate",
    "receivables.reverse",
    "receivables.write_off",
}
# Orders and the file behind the credit of a customer (design §5, domain 2.6-2.8).
SEE_TRUST = {"credit.see", "orders.see"}
ASK_FOR_CREDIT = {"credit.survey", "credit.apply", "orders.place", "orders.cancel"}
# Nobody of these may be the applicant: who judges does not ask (design §2).
JUDGE_CREDIT = {
    "credit.survey",
    "credit.review",
    "credit.score",
    "credit.approve",
    "credit.hold",
    "credit.secure",
    "credit.watch",
    "credit.policy",
    "orders.release",
}
MOVE_GOODS = {"orders.deliver"}
# Overdue money (design §5, domain 2.11-2.17, 4.7): who speaks with the customer, who writes to it, who decides.
SPEAK_OF_DEBT = {"collecting.see", "collecting.contact", "collecting.promise", "collecting.dispute"}
DEMAND = SPEAK_OF_DEBT | {"collecting.letter", "collecting.escalate", "collecting.export"}
DECIDE_DEBT = DEMAND | {
    "collecting.seal",
    "collecting.exit",
    "collecting.offset",
    "collecting.law",
    "collecting.policy",
}
# Visits (domain 2.3-2.5): everybody who visits plans and reports; orders, stock and promises only whoever may sell (4.4).
MAKE_VISITS = {"visits.see", "visits.plan", "visits.visit", "field.use"}
SELL_ON_VISITS = {"visits.trade"}
LEAD_VISITS = {"visits.release", "visits.remark", "visits.export"}
# Sell-through of distributors (domain 5.4-5.7): who sees it, who takes files in and places names, who closes a month.
SEE_FLOWS = {"flows.see"}
KEEP_FLOWS = SEE_FLOWS | {"flows.take_in", "flows.review"}
CLOSE_FLOWS = KEEP_FLOWS | {"flows.freeze"}
# Why a customer was lost: whoever sells asks (domain 1A rows 6, 14-16).
ASK_WHY_LOST = {"sales.loss"}
# Key accounts (domain 2.9): profit after credit and visits is money, so no MR; who writes a plan does not approve it.
SEE_ACCOUNTS = {"keyaccounts.see"}
KEEP_ACCOUNTS = SEE_ACCOUNTS | {"keyaccounts.plan", "keyaccounts.review"}
LEAD_ACCOUNTS = KEEP_ACCOUNTS | {"keyaccounts.approve", "keyaccounts.export"}
# The key product of the month (domain 1C 40–41, 4.5): who sees it, who plans and runs it, who says it is lawful.
SEE_CAMPAIGNS = {"campaigns.see"}
RUN_CAMPAIGNS = SEE_CAMPAIGNS | {"campaigns.propose", "campaigns.run", "campaigns.export"}
APPROVE_CAMPAIGNS = SEE_CAMPAIGNS | {"campaigns.approve", "campaigns.export"}
# Membership (domain 1C, 4.5): who serves members, who keeps their ledger, who judges what they may get. Whoever proposes
# does not approve; counsel alone speaks for the law.
SERVE_MEMBERS = {"membership.see", "membership.want", "membership.serve"}
LEAD_MEMBERS = SERVE_MEMBERS | {"membership.enrol", "membership.programme", "membership.meet", "membership.export"}
KEEP_POINTS = {"membership.see", "membership.post", "membership.export"}
JUDGE_MEMBERS = {"membership.see", "membership.approve", "membership.export"}
TAKE_OUT = {"terminals.export", "products.export", "sales.export", "receivables.export"}
TAKE_OUT_TRUST = {"credit.export", "orders.export"}
# What anybody who works here may do for themselves.
EVERYBODY = frozenset({"people.keep_view", "people.deputise"})
RUN_HOUSE = {
    "people.see",
    "people.appoint",
    "people.token",
    "people.company",
    "journal.see",
    "journal.check",
    "journal.retry",
    "journal.follow",
    "journal.approve_policy",
}


@dataclass(frozen=True)
class Role:
    """A role: its Chinese name, its verbs, and whether it sees its own links, a territory or the company."""

    code: str
    name: str
    reach: str
    verbs: frozenset[str]


def _role(code: str, name: str, reach: str, *groups: set[str]) -> Role:
    return Role(code, name, reach, EVERYBODY.union(*groups))


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role(
            "representative",
            N_("业务员"),
            OWN,
            SEE_CUSTOMERS,
            KEEP_ACCOUNTS,
            SEE_CAMPAIGNS,
            SEE_MONEY,
            KEEP_CARDS,
            SEE_TRUST,
            ASK_FOR_CREDIT,
            SPEAK_OF_DEBT,
            MAKE_VISITS,
            SELL_ON_VISITS,
            WIN,
            ASK_WHY_LOST,
            {"terminals.export"},
            SERVE_MEMBERS,
        ),
        # An MR may not touch orders, invoices, receipts or collection (domain 4.4).
        _role("medical", N_("医药代表"), OWN, {"terminals.see", "products.see"}, MAKE_VISITS),
        _role(
            "manager",
            N_("大区经理"),
            TERRITORY,
            SEE_CUSTOMERS,
            LEAD_ACCOUNTS,
            RUN_CAMPAIGNS,
            SEE_MONEY,
            KEEP_CARDS,
            SEE_TRUST,
            ASK_FOR_CREDIT,
            KEEP_FLOWS,
            TAKE_OUT,
            TAKE_OUT_TRUST,
            DEMAND,
            MAKE_VISITS,
            SELL_ON_VISITS,
            LEAD_VISITS,
            ASK_WHY_LOST,
            {"terminals.assign", "credit.approve", "orders.release", "field.revoke"},
            WIN,
            {"terminals.assign", "terminals.merge", "terminals.growth", "credit.approve", "orders.release"},
            LEAD_MEMBERS,
        ),
        _role(
            "credit",
            N_("信用专员"),
            COMPANY,
            SEE_CUSTOMERS,
            SEE_ACCOUNTS,
            SEE_MONEY,
            KEEP_CARDS,
            SEE_TRUST,
            JUDGE_CREDIT,
            SEE_FLOWS,
            TAKE_OUT,
            TAKE_OUT_TRUST,
            DEMAND,
            MAKE_VISITS,
            SELL_ON_VISITS,
            {"collecting.learn"},
        ),
        _role(
            "credit_manager",
            N_("信用经理"),
            COMPANY,
            SEE_CUSTOMERS,
            SEE_ACCOUNTS,
            SEE_MONEY,
            KEEP_CARDS,
            SEE_TRUST,
            JUDGE_CREDIT,
            SEE_FLOWS,
            TAKE_OUT,
            TAKE_OUT_TRUST,
            DECIDE_DEBT,
            {"collecting.learn"},
            {"membership.see"},
        ),
        _role(
            "finance_director",
            N_("财务总监"),
            COMPANY,
            SEE_CUSTOMERS,
            SEE_ACCOUNTS,
            SEE_CAMPAIGNS,
            SEE_MONEY,
            SEE_TRUST,
            SEE_FLOWS,
            TAKE_OUT,
            TAKE_OUT_TRUST,
            DECIDE_DEBT,
            {"credit.approve", "orders.release", "journal.approve_policy", "collecting.learn"},
            JUDGE_MEMBERS,
        ),
        # Goods leave by hands that neither sell nor book (domain 4.1: 票、账、货、款相符).
        _role("warehouse", N_("仓储物流"), COMPANY, {"terminals.see", "products.see", "orders.see"}, MOVE_GOODS),
        _role(
            "accountant",
            N_("应收会计"),
            COMPANY,
            SEE_CUSTOMERS,
            SEE_MONEY,
            KEEP_CARDS,
            KEEP_LEDGER,
            CLOSE_FLOWS,
            TAKE_OUT,
            SEE_TRUST,
            TAKE_OUT_TRUST,
            DEMAND,
            {
                "sales.import",
                "sales.prepare",
                "terminals.assign",
                "terminals.merge",
                "products.edit",
                "orders.invoice",
                "orders.price",
            },
            KEEP_POINTS,
        ),
        _role(
            "quality",
            N_("质管"),
            COMPANY,
            SEE_CUSTOMERS,
            APPROVE_CAMPAIGNS,
            KEEP_CARDS,
            {
                "terminals.licence",
                "terminals.veto",
                "terminals.policy",
                "products.edit",
                "terminals.export",
                "products.export",
                "orders.see",
                "orders.export",
                "orders.policy",
                "credit.approve_quality",
                "visits.safety",
            },
            {"membership.see", "membership.serve"},
        ),
        # Counsel: drafts and seals what goes to a debtor and to court; neither sells nor books (domain 2.13, 2.15).
        _role(
            "legal",
            N_("法务"),
            COMPANY,
            SEE_CUSTOMERS,
            APPROVE_CAMPAIGNS,
            SEE_MONEY,
            SEE_TRUST,
            DEMAND,
            {"collecting.seal", "collecting.offset", "collecting.law"},
            JUDGE_MEMBERS,
            {"membership.legal", "membership.policy"},
        ),
        _role(
            "director",
            N_("总经理"),
            COMPANY,
            SEE_CUSTOMERS,
            LEAD_ACCOUNTS,
            RUN_CAMPAIGNS | APPROVE_CAMPAIGNS | {"campaigns.policy"},
            SEE_MONEY,
            KEEP_CARDS,
            KEEP_LEDGER,
            CLOSE_FLOWS,
            TAKE_OUT,
            RUN_HOUSE,
            SEE_TRUST,
            JUDGE_CREDIT,
            MOVE_GOODS,
            TAKE_OUT_TRUST,
            DECIDE_DEBT,
            MAKE_VISITS,
            SELL_ON_VISITS,
            LEAD_VISITS,
            ASK_WHY_LOST,
            {"sales.prepare", "insight.policy", "visits.policy", "field.revoke"},
            {"visits.policy", "field.revoke", "keyaccounts.policy"},
            WIN,
            {"visits.policy", "visits.safety", "field.revoke"},
            # A director may sell as well as judge, though never both about one application (credit.rules).
            {
                "terminals.assign",
                "terminals.licence",
                "terminals.merge",
                "terminals.growth",
                "products.edit",
                "sales.import",
                "credit.apply",
                "orders.place",
                "orders.cancel",
                "orders.invoice",
                "orders.price",
                "collecting.learn",
            },
            LEAD_MEMBERS,
            KEEP_POINTS,
            JUDGE_MEMBERS,
            {"membership.policy"},
        ),
        _role(
            "system",
            N_("系统"),
            COMPANY,
            SEE_CUSTOMERS,
            SEE_ACCOUNTS,
            SEE_CAMPAIGNS | {"campaigns.count"},
            SEE_MONEY,
            KEEP_CARDS,
            KEEP_LEDGER,
            KEEP_FLOWS,
            TAKE_OUT,
            RUN_HOUSE,
            SEE_TRUST,
            TAKE_OUT_TRUST,
            DEMAND,
            {"visits.see", "visits.plan", "visits.wish", "visits.forget", "field.revoke", "keyaccounts.tell"},
            WIN,
            # The clock scores, holds, lifts, escalates, reminds and checks orders again; it never approves or releases.
            {
                "terminals.assign",
                "products.edit",
                "sales.import",
                "sales.prepare",
                "credit.score",
                "credit.hold",
                "credit.watch",
                "credit.escalate",
                "orders.recheck",
                "collecting.learn",
            },
            KEEP_POINTS,
            {"membership.review", "membership.serve"},
        ),
    )
}

VERBS: frozenset[str] = frozenset().union(*(role.verbs for role in ROLES.values()))

# What people read for a verb; programs read the verb itself.
VERB_WORDS: dict[str, str] = {
    "campaigns.approve": N_("活动与材料合规审核"),
    "campaigns.count": N_("登记为活动拜访"),
    "campaigns.export": N_("活动导出"),
    "campaigns.policy": N_("活动政策提出"),
    "campaigns.propose": N_("重点产品活动提出"),
    "campaigns.run": N_("活动开始、名单与费用"),
    "campaigns.see": N_("活动查看"),
    "collecting.contact": N_("催收联系登记"),
    "collecting.dispute": N_("争议登记与处理"),
    "collecting.escalate": N_("催收升级"),
    "collecting.exit": N_("退出决定"),
    "collecting.export": N_("催收导出"),
    "collecting.law": N_("律师与诉讼事项"),
    "collecting.learn": N_("回款模型训练"),
    "collecting.letter": N_("函件起草与发送"),
    "collecting.offset": N_("抵账登记与审批"),
    "collecting.policy": N_("催收政策提出"),
    "collecting.promise": N_("承诺付款登记"),
    "collecting.seal": N_("用印审批"),
    "collecting.see": N_("催收查看"),
    "credit.apply": N_("授信申请"),
    "credit.approve": N_("授信审批"),
    "credit.approve_quality": N_("授信质量合规会签"),
    "credit.escalate": N_("授信超时上报"),
    "credit.export": N_("信用导出"),
    "credit.hold": N_("停止赊销与解除"),
    "credit.policy": N_("信用政策提出"),
    "credit.review": N_("信用调查复核"),
    "credit.score": N_("信用评分"),
    "credit.secure": N_("担保与保证金登记"),
    "credit.see": N_("信用查看"),
    "credit.survey": N_("信用调查"),
    "credit.watch": N_("预警处理"),
    "field.revoke": N_("停用外勤设备"),
    "field.use": N_("使用外勤应用"),
    "flows.freeze": N_("流向登记用量、冻结与调整"),
    "flows.review": N_("流向名称复核"),
    "flows.see": N_("流向查看"),
    "flows.take_in": N_("流向文件接收"),
    "insight.policy": N_("经营分析政策提出"),
    "journal.approve_policy": N_("政策批准"),
    "journal.check": N_("核对账与链"),
    "journal.follow": N_("运行后续动作"),
    "journal.retry": N_("处理搁置事项"),
    "journal.see": N_("日志查看"),
    "keyaccounts.approve": N_("大客户计划批准与结束"),
    "keyaccounts.export": N_("大客户导出"),
    "keyaccounts.plan": N_("大客户计划编写与进展登记"),
    "keyaccounts.policy": N_("大客户政策提出"),
    "keyaccounts.review": N_("大客户复盘"),
    "keyaccounts.see": N_("大客户查看"),
    "keyaccounts.tell": N_("拜访推进与投入汇总"),
    "membership.approve": N_("会员计划、规则、权益与会议的合规审批"),
    "membership.enrol": N_("会员入会与退会"),
    "membership.export": N_("会员导出"),
    "membership.legal": N_("会员权益的法务意见"),
    "membership.meet": N_("友会与座谈会"),
    "membership.policy": N_("会员政策提出"),
    "membership.post": N_("积分与价格券记账"),
    "membership.programme": N_("会员计划与规则提出"),
    "membership.review": N_("会员等级自动复核"),
    "membership.see": N_("会员查看"),
    "membership.serve": N_("增值服务与库存登记"),
    "membership.want": N_("会员权益提出"),
    "orders.cancel": N_("订单取消"),
    "orders.deliver": N_("发货与签收"),
    "orders.export": N_("订单导出"),
    "orders.invoice": N_("按发货开票"),
    "orders.place": N_("下单"),
    "orders.policy": N_("订单关口政策提出"),
    "orders.price": N_("价格维护"),
    "orders.recheck": N_("订单自动复核"),
    "orders.release": N_("订单放行"),
    "orders.see": N_("订单查看"),
    "people.appoint": N_("任免人员、划分区域"),
    "people.company": N_("公司资料修改"),
    "people.deputise": N_("代理人指定"),
    "people.keep_view": N_("列表视图保存"),
    "people.see": N_("人员查看"),
    "people.token": N_("他人令牌管理"),
    "products.edit": N_("产品修改"),
    "products.export": N_("产品导出"),
    "products.see": N_("产品查看"),
    "receivables.allocate": N_("收款核销"),
    "receivables.export": N_("应收导出"),
    "receivables.post_invoice": N_("发票登记"),
    "receivables.post_red_letter": N_("红字发票登记"),
    "receivables.receive": N_("收款登记"),
    "receivables.reverse": N_("单据冲销"),
    "receivables.see": N_("应收查看"),
    "receivables.statement": N_("对账单出具"),
    "receivables.write_off": N_("账务核销与收回"),
    "sales.export": N_("销售导出"),
    "sales.import": N_("销售导入"),
    "sales.loss": N_("流失原因登记"),
    "sales.prepare": N_("月度销售汇总"),
    "sales.see": N_("销售查看"),
    "terminals.assign": N_("负责人分配"),
    "terminals.create": N_("客户建档"),
    "terminals.edit": N_("客户档案修改"),
    "terminals.export": N_("客户导出"),
    "terminals.growth": N_("开发政策与目标设定"),
    "terminals.licence": N_("证照登记与核验"),
    "terminals.merge": N_("重复客户合并与撤销"),
    "terminals.policy": N_("证照政策提出"),
    "terminals.prospect": N_("潜在客户开发"),
    "terminals.see": N_("客户查看"),
    "terminals.veto": N_("质管否决与解除"),
    "visits.export": N_("拜访导出"),
    "visits.forget": N_("到期清除签到位置"),
    "visits.plan": N_("拜访计划"),
    "visits.policy": N_("拜访政策提出"),
    "visits.release": N_("拜访计划批准"),
    "visits.remark": N_("拜访点评"),
    "visits.safety": N_("不良反应线索上报"),
    "visits.see": N_("拜访查看"),
    "visits.trade": N_("拜访中登记订单意向、库存与承诺"),
    "visits.visit": N_("拜访登记"),
    "visits.wish": N_("自动生成拜访理由"),
}

# One person may not hold an MR post and a post that sells or collects at the same time (domain 4.4).
APART_FROM_MEDICAL = {
    "representative",
    "manager",
    "credit",
    "credit_manager",
    "finance_director",
    "accountant",
    "warehouse",
    "legal",
    "director",
}


@dataclass(frozen=True)
class Reach:
    """How far a person sees for one verb: everything, some territories, and/or what is linked to them."""

    everything: bool = False
    territory_paths: tuple[str, ...] = ()
    own: bool = False

    @property
    def nothing(self) -> bool:
        """True where the person has no post that grants the verb."""
        return not (self.everything or self.territory_paths or self.own)


@dataclass(frozen=True)
class Held:
    """A post as the rules see it: the role's code and the path of its territory ('' for the whole company)."""

    role: str
    territory_path: str = ""
    limited_to: frozenset[str] | None = field(default=None, compare=False)


def reach(verb: str, posts: list[Held]) -> Reach:
    """The union of what each live post that grants `verb` lets its holder see."""
    everything, own, paths = False, False, []
    for post in posts:
        role = ROLES[post.role]
        if verb not in role.verbs or (post.limited_to is not None and verb not in post.limited_to):
            continue
        if role.reach == OWN:
            own = True
        elif post.territory_path:
            paths.append(post.territory_path)
            own = True
        elif role.reach == COMPANY:
            everything = True
        else:
            own = True  # a territory role without a territory sees what is linked to it, no more
    return Reach(everything, tuple(sorted(set(paths))), own)


@refusal
class PostsCollide(Refused):
    code = "posts_collide"
    says = N_("{name} 不能同时担任医药代表与 {role}：医药代表不得经手订单、发票、收款与催收。请先结束原任职。")


def check_posts(name: str, roles_held: set[str], new_role: str) -> None:
    """Refuse a second post that would join promotion with selling or collecting (domain 4.4). Raises PostsCollide."""
    together = roles_held | {new_role}
    if "medical" in together and (clash := together & APART_FROM_MEDICAL):
        raise PostsCollide(name=name, role=ROLES[min(clash)].name)


# --- posts and territories --------------------------------------------------------------------------------------------


@refusal
class NoSuchRole(Refused):
    code = "no_such_role"
    says = N_("没有「{role}」这个角色")


@refusal
class AlreadyHolds(Refused):
    code = "already_holds"
    says = N_("{name} 已担任{role}")


@refusal
class PostEnded(Refused):
    code = "post_ended"
    says = N_("{name} 的这项任职已经结束")


@refusal
class LastDirector(Refused):
    code = "last_director"
    says = N_("{name} 是最后一位总经理，不能离任：请先任命另一位总经理")


@refusal
class HasLeft(Refused):
    code = "has_left"
    says = N_("{name} 已离职")


@refusal
class LoginTaken(Refused):
    code = "login_taken"
    says = N_("登录名 {login} 已被使用，请换一个")
    status = 409


@refusal
class BadLogin(Refused):
    code = "bad_login"
    says = N_("登录名「{login}」不行：用 2 至 40 个小写字母、数字、点、横线或下划线，以字母开头")


@refusal
class CodeTaken(Refused):
    code = "territory_code_taken"
    says = N_("区域编码 {territory_code} 已被使用")
    status = 409


@refusal
class UnderItself(Refused):
    code = "territory_under_itself"
    says = N_("区域「{name}」不能移到它自己的下级之下")


@refusal
class CompanyExists(Refused):
    code = "company_exists"
    says = N_("这里已经有一家公司了；新增人员请用 kewei user add")
    status = 409


_LOGIN = re.compile(r"[a-z][a-z0-9._-]{1,39}")


def check_login(login: str) -> None:
    """Refuse a login that is hard to type or to read in a log. Raises BadLogin."""
    if not _LOGIN.fullmatch(login):
        raise BadLogin(login=login)


def check_role(role: str) -> None:
    """Refuse a role that is none, or that only the house itself holds. Raises NoSuchRole."""
    if role not in ROLES or role == "system":
        raise NoSuchRole(role=role)


def check_director_remains(name: str, directors_left: int) -> None:
    """Somebody must stay who can appoint others. Raises LastDirector where none would be left."""
    if directors_left == 0:
        raise LastDirector(name=name)


def check_can_move(name: str, path: str, new_parent_path: str) -> None:
    """A territory cannot come to lie under itself. Raises UnderItself."""
    if new_parent_path.startswith(path):
        raise UnderItself(name=name)


# --- signing in -------------------------------------------------------------------------------------------------------

ATTEMPTS_WINDOW = timedelta(minutes=15)
# Long enough to look into a break-in, no longer (domain 4.8: no more than needed).
ATTEMPTS_KEPT = timedelta(days=90)
FAILURES_PER_LOGIN = 5
# A whole office shares one address behind its router: five mistyped passwords in it are no attack.
FAILURES_PER_ADDRESS = 20


@refusal
class TooManyAttempts(Refused):
    code = "too_many_attempts"
    says = N_("尝试次数过多，请 {minutes} 分钟后再试")
    status = 429


@refusal
class WrongPassword(Refused):
    code = "wrong_password"
    says = N_("登录名或密码不对")
    status = 401


@refusal
class WeakPassword(Refused):
    code = "weak_password"
    says = N_("密码不合要求：{reason}")


# What Django's validators find, in our words.
PASSWORD_FAULTS = {
    "password_too_short": N_("至少 10 个字符"),
    "password_too_common": N_("太常见，容易被猜到"),
    "password_too_similar": N_("与登录名或姓名太相近"),
}


def check_attempts(failed_at: Iterable[datetime], limit: int, now: datetime) -> None:
    """Refuse another try after `limit` failures within ATTEMPTS_WINDOW. Raises TooManyAttempts(minutes left)."""
    recent = sorted(at for at in failed_at if at > now - ATTEMPTS_WINDOW)
    if len(recent) >= limit:
        free_at = recent[-limit] + ATTEMPTS_WINDOW
        raise TooManyAttempts(minutes=-(-int((free_at - now).total_seconds()) // 60) or 1)


# --- tokens -----------------------------------------------------------------------------------------------------------


@refusal
class BadToken(Refused):
    code = "bad_token"
    says = N_("令牌无效、已过期或已吊销")
    status = 401


@refusal
class NotSignedIn(Refused):
    code = "not_signed_in"
    says = N_("请先登录，或在 Authorization 头中带上令牌")
    status = 401


@refusal
class BadScopes(Refused):
    code = "bad_scopes"
    says = N_("令牌的权限不对：{scopes}；只能从本人的权限中选，至少一项")


@refusal
class TokenEnded(Refused):
    code = "token_ended"
    says = N_("令牌「{name}」已经吊销")


@refusal
class BadExpiry(Refused):
    code = "bad_expiry"
    says = N_("令牌的有效期应在今天之后")


def token_digest(secret: str) -> str:
    """What is kept of a token: it has 256 random bits, so one round of SHA-256 cannot be read back."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def check_scopes(scopes: set[str], posts: list[Held]) -> None:
    """A token grants at most what its owner may do, and something. Raises BadScopes with what does not fit."""
    granted = {verb for verb in VERBS if not reach(verb, posts).nothing}
    if not scopes or (wrong := scopes - granted):
        raise BadScopes(scopes=sorted(wrong) if scopes else "-")


# --- deputies ---------------------------------------------------------------------------------------------------------

# What a deputy may not stand in for, having no such post: a medical representative sells and collects for nobody (4.4).
DEPUTY_DAYS = 60


@refusal
class DeputyForOneself(Refused):
    code = "deputy_for_oneself"
    says = N_("不能指定自己为代理人")


@refusal
class DeputyDays(Refused):
    code = "deputy_days"
    says = N_("代理期须从今天或以后开始，最长 {most_days} 天")


@refusal
class DeputyCannot(Refused):
    code = "deputy_cannot"
    says = N_("{name} 不能代理：医药代表不得经手订单、授信与收款")


@refusal
class DeputyEnded(Refused):
    code = "deputy_ended"
    says = N_("这项代理已经结束")
    status = 409


def check_deputy(
    giver: int, taker: int, taker_name: str, taker_roles: set[str], since: date, until: date, today: date
) -> None:
    """Whether somebody may stand in. Raises DeputyForOneself, DeputyDays, DeputyCannot."""
    if giver == taker:
        raise DeputyForOneself
    if since < today or until < since or (until - since).days > DEPUTY_DAYS:
        raise DeputyDays(most_days=DEPUTY_DAYS)
    if not may_stand_in(taker_roles):
        raise DeputyCannot(name=taker_name)


def may_stand_in(roles: set[str]) -> bool:
    """Whether whoever holds these posts may decide for somebody: asked on appointing and again each time they decide."""
    return bool(roles) and "medical" not in roles
