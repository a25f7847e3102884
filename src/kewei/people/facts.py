"""What the people room tells the house."""

from kewei.kernel.refusals import N_

PERSON_ADDED = "people.person_added"
PERSON_LEFT = "people.person_left"
POST_GIVEN = "people.post_given"
POST_ENDED = "people.post_ended"
TERRITORY_DRAWN = "people.territory_drawn"
TERRITORY_MOVED = "people.territory_moved"
PASSWORD_CHANGED = "people.password_changed"  # noqa: S105
LOGGED_IN = "people.logged_in"
TOKEN_MADE = "people.token_made"  # noqa: S105
TOKEN_REVOKED = "people.token_revoked"  # noqa: S105
COMPANY_SET = "people.company_set"
DEPUTY_APPOINTED = "people.deputy_appointed"
DEPUTY_ENDED = "people.deputy_ended"

SAYS = {
    PERSON_ADDED: N_("新增人员"),
    PERSON_LEFT: N_("人员离职"),
    POST_GIVEN: N_("任职"),
    POST_ENDED: N_("结束任职"),
    TERRITORY_DRAWN: N_("划定区域"),
    TERRITORY_MOVED: N_("区域调整"),
    PASSWORD_CHANGED: N_("修改密码"),
    LOGGED_IN: N_("登录"),
    TOKEN_MADE: N_("签发令牌"),
    TOKEN_REVOKED: N_("吊销令牌"),
    COMPANY_SET: N_("修改公司资料"),
    DEPUTY_APPOINTED: N_("指定代理人"),
    DEPUTY_ENDED: N_("结束代理"),
}
