"""What the rules of receivables refuse, each with its name, its numbers and one sentence."""

from kewei.kernel.refusals import N_, Refused, refusal

# Allocating money


@refusal
class NothingToAllocate(Refused):
    code = "nothing_to_allocate"
    says = N_("没有可以核销的：可用金额为零，或没有未清发票")


@refusal
class ShareNotPositive(Refused):
    code = "share_not_positive"
    says = N_("核销金额须大于零，收到的是 {wanted_fen} 元")


@refusal
class MoreThanOpen(Refused):
    code = "more_than_open"
    says = N_("发票 {number} 只剩未清 {open_fen} 元，不能核销 {wanted_fen} 元")


@refusal
class MoreThanUnapplied(Refused):
    code = "more_than_unapplied"
    says = N_("收款只剩未核销 {left_fen} 元，不能再核销 {wanted_fen} 元")


@refusal
class UnknownInvoice(Refused):
    code = "unknown_invoice"
    says = N_("该客户没有这些发票：{invoice_numbers}")


@refusal
class AlreadySettled(Refused):
    code = "already_settled"
    says = N_("这些发票已经结清：{invoice_numbers}")


@refusal
class NamedTwice(Refused):
    code = "named_twice"
    says = N_("发票 {number} 在同一次核销中出现两次")


@refusal
class NoExactSum(Refused):
    code = "no_exact_sum"
    says = N_("没有哪张发票、也没有全部未清发票的合计正好等于 {wanted_fen} 元")


@refusal
class NoSubset(Refused):
    code = "no_subset"
    says = N_("没有任何几张未清发票的合计正好等于 {wanted_fen} 元")


@refusal
class AmbiguousSum(Refused):
    code = "ambiguous_sum"
    says = N_("不止一种组合的合计等于 {wanted_fen} 元，例如 {invoice_numbers}；请指定发票")


@refusal
class SearchTooLarge(Refused):
    code = "search_too_large"
    says = N_("{items} 张未清发票组合太多，无法在限定步数内确认哪几张的合计等于 {wanted_fen} 元；请指定发票")


# Posting documents


@refusal
class AmountOutOfRange(Refused):
    code = "amount_out_of_range"
    says = N_("金额须大于零且不超过 {max_fen} 元，收到的是 {wanted_fen} 元")


@refusal
class BadDocumentNumber(Refused):
    code = "bad_document_number"
    says = N_("单据号 {number} 不可用：须为 1 至 {longest} 个字符，且不含空格、分隔符（;，、）与控制字符")


@refusal
class DueBeforeInvoice(Refused):
    code = "due_before_invoice"
    says = N_("到期日 {due_date} 早于开票日 {invoice_date}")


@refusal
class DueTooFar(Refused):
    code = "due_too_far"
    says = N_("到期日 {due_date} 晚于开票日之后 {years} 年（最晚 {latest}）")


@refusal
class DateTooFarAhead(Refused):
    code = "date_too_far_ahead"
    says = N_("单据日期 {on} 晚于今天 {today} 超过 {days} 天")


@refusal
class DateTooOld(Refused):
    code = "date_too_old"
    says = N_("单据日期 {on} 早于 {earliest}，请检查年份")


@refusal
class RedLetterMoreThanOpen(Refused):
    code = "red_letter_more_than_open"
    says = N_("发票 {number} 只剩未清 {open_fen} 元，红字 {wanted_fen} 元超出；请先撤销多出部分的核销")


@refusal
class RedLetterBeforeInvoice(Refused):
    code = "red_letter_before_invoice"
    says = N_("红字日期 {on} 早于原发票开票日 {invoice_date}")


@refusal
class AllocationBeforeDocument(Refused):
    code = "allocation_before_document"
    says = N_("核销日 {on} 早于单据日 {earliest}：核销只能从两张单据中较晚的一天起生效")


@refusal
class ReversalBeforeOriginal(Refused):
    code = "reversal_before_original"
    says = N_("冲销日 {on} 早于原记录日 {original_on}")


@refusal
class AlreadyReversed(Refused):
    code = "already_reversed"
    says = N_("{number} 已经冲销过，不能再次冲销")


@refusal
class StillAllocated(Refused):
    code = "still_allocated"
    says = N_("{number} 还有 {allocated_fen} 元核销，请先撤销核销再冲销")


# Statements


@refusal
class StatementDoesNotAdd(Refused):
    code = "statement_does_not_add"
    says = N_("对账单不平：期初 {opening_fen} 元加本期 {moved_fen} 元，应为 {closing_fen} 元")


@refusal
class PeriodReversed(Refused):
    code = "period_reversed"
    says = N_("期末 {last} 早于期初 {first}")


@refusal
class OutsidePeriod(Refused):
    code = "outside_period"
    says = N_("单据 {number} 的日期 {on} 不在 {first} 至 {last} 之间")
