"""The sentences of matching: why a terminal is a candidate, what speaks against it, why a name waits for a person."""

from __future__ import annotations

from kewei.kernel.refusals import N_

# Codes of deciding.Candidate.reasons and deciding.Match.reason.
REASONS = {
    "credit_code": N_("统一社会信用代码相同"),
    "licence": N_("许可证号相同"),
    "code": N_("商业客户编码已确认"),
    "alias": N_("别名已确认"),
    "exact": N_("同地同名"),
    "score": N_("各部分吻合"),
    "same_name": N_("名称相同"),
    "same_core": N_("除地名外名称相同"),
    "alike": N_("名称相似 {percent}%"),
    "same_county": N_("同一区县"),
    "same_city": N_("同一城市"),
    "same_province": N_("同一省份"),
    "same_ordinal": N_("序号相同"),
    "same_kind": N_("机构类型相同"),
    "veto_ordinal": N_("序号不同"),
    "veto_ordinal_missing": N_("只有一方带序号"),
    "veto_other_place": N_("所在省市不同"),
    "veto_other_county": N_("所在区县不同"),
    "veto_named_place": N_("名称中的地名与档案不符"),
    "veto_names_of_places": N_("两个名称中的地名不同"),
    "veto_branch": N_("院区或分店不同"),
    "veto_part": N_("一方是院区、分店或下属部门"),
    "veto_kind": N_("机构类型不同"),
    "veto_kind_missing": N_("只有一方写明机构类型"),
    "veto_school": N_("所属院校不同"),
    "veto_head": N_("字号不同"),
    "veto_head_missing": N_("只有一方有字号"),
    "veto_grade": N_("只有一方是中心医院或总医院"),
    "veto_no_sort": N_("不像机构名称"),
    "veto_bare": N_("名称过于笼统且无地名"),
    "veto_place_rank": N_("行政级别不同"),
    "vetoed": N_("相似，但有一处不容不同"),
    "rivals": N_("两家都可以叫这个名称"),
    "apart": N_("已确认不是同一家"),
    "doubtful": N_("把握不足"),
    "nothing_alike": N_("档案中没有相似的"),
}
