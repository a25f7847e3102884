"""Pages of membership, by topic."""

from django.urls import path

from kewei.membership.web import benefits, meetings, members, programmes, services, usage

PROGRAMMES = [
    path("", programmes.list_programmes, name="programmes"),
    path("programmes/new/", programmes.propose, name="propose"),
    path("programmes/<int:pk>/", programmes.programme, name="programme"),
    path("programmes/<int:pk>/decide/", programmes.decide, name="decide_programme"),
    path("programmes/<int:pk>/end/", programmes.end, name="end_programme"),
    path("programmes/<int:pk>/rules/", programmes.propose_rules, name="propose_rules"),
    path("programmes/<int:pk>/tiers/", programmes.tiers, name="tiers"),
    path("programmes/<int:pk>/liability/", programmes.liability, name="liability"),
    path("rules/<int:pk>/decide/", programmes.decide_rules, name="decide_rules"),
]
MEMBERS = [
    path("members/", members.list_members, name="members"),
    path("members/new/", members.enrol, name="enrol"),
    path("members/<int:pk>/", members.member, name="member"),
    path("members/<int:pk>/adjust/", members.adjust, name="adjust"),
    path("members/<int:pk>/coupon/", members.coupon, name="issue_coupon"),
    path("members/<int:pk>/end/", members.end, name="end_member"),
    path("members/<int:pk>/benefit/", benefits.want, name="want"),
    path("coupons/<int:pk>/use/", members.use, name="use_coupon"),
    path("movements/<int:pk>/reverse/", members.reverse_movement, name="reverse"),
]
BENEFITS = [
    path("benefits/", benefits.list_benefits, name="benefits"),
    path("benefits/conduct/", benefits.conduct, name="conduct"),
    path("benefits/<int:pk>/", benefits.benefit, name="benefit"),
    path("benefits/<int:pk>/decide/", benefits.decide, name="decide_benefit"),
    path("benefits/<int:pk>/withdraw/", benefits.withdraw, name="withdraw_benefit"),
]
MEETINGS = [
    path("meetings/", meetings.list_meetings, name="meetings"),
    path("meetings/new/", meetings.propose, name="propose_meeting"),
    path("meetings/<int:pk>/", meetings.meeting, name="meeting"),
    path("meetings/<int:pk>/decide/", meetings.decide, name="decide_meeting"),
    path("meetings/<int:pk>/cap/", meetings.cap, name="raise_cap"),
    path("meetings/<int:pk>/came/", meetings.came, name="came"),
    path("meetings/<int:pk>/minutes/", meetings.minutes, name="minutes"),
    path("meetings/<int:pk>/cost/", meetings.cost, name="cost"),
    path("meetings/<int:pk>/action/", meetings.action, name="meeting_action"),
    path("meetings/<int:pk>/close/", meetings.close, name="close_meeting"),
    path("meeting-actions/<int:pk>/done/", meetings.done_action, name="action_done"),
    path("clubs/", meetings.clubs, name="clubs"),
    path("clubs/new/", meetings.found, name="found_club"),
    path("clubs/<int:pk>/", meetings.club, name="club"),
    path("clubs/<int:pk>/join/", meetings.join, name="join_club"),
    path("clubs/<int:pk>/close/", meetings.close_club, name="close_club"),
    path("club-members/<int:pk>/leave/", meetings.leave, name="leave_club"),
]
SERVICES = [
    path("services/", services.list_services, name="services"),
    path("services/new/", services.ask, name="ask_service"),
    path("services/<int:pk>/", services.service, name="service"),
    path("services/<int:pk>/finish/", services.finish, name="finish_service"),
    path("usage/<int:terminal>/", usage.card, name="usage"),
    path("usage/<int:terminal>/letter.pdf", usage.letter, name="usage_letter"),
    path("usage/<int:terminal>/stock/", usage.stock, name="tell_stock"),
]

urlpatterns = [*PROGRAMMES, *MEMBERS, *BENEFITS, *MEETINGS, *SERVICES]
