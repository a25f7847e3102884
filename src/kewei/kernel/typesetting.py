"""PDF by Typst, with the Chinese font fetched at set-up, or one the system has. Rooms bring their own templates."""

import json
import os
from collections import defaultdict, deque
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from kewei.kernel.refusals import N_, Refused, refusal

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
# One compiler at a time: it keeps its fonts and its cache between papers.
_one_at_a_time = Lock()
# A mass run has one for each processor, few enough for the memory of a small machine.
_AT_ONCE = min(4, os.cpu_count() or 1)
_spare: dict[Path, deque[Any]] = defaultdict(deque)


@refusal
class NoChineseFont(Refused):
    code = "no_chinese_font"
    says = N_("没有找到中文字体，无法生成 PDF。")
    next_step = N_("请运行 make setup（会安装 Noto Sans SC），或安装系统字体 fonts-noto-cjk，然后重试。")
    status = 503


def compiled(template: Path, paper: dict[str, Any]) -> bytes:
    """A paper by its template, which finds the texts as JSON in sys.inputs.paper. Raises NoChineseFont."""
    with _one_at_a_time:
        compiler = _compiler(template)
        made = compiler.compile(format="pdf", sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)})
    return made if isinstance(made, bytes) else made[0]


def compiled_many(template: Path, papers: Sequence[dict[str, Any]]) -> list[bytes]:
    """Many papers by one template, in their order, on all processors: the compiler lets the interpreter go while it works.

    Raises NoChineseFont.
    """
    if len(papers) < 2 or _AT_ONCE < 2:
        return [compiled(template, paper) for paper in papers]
    _compiler(template)  # refuses here where there is no font
    with ThreadPoolExecutor(_AT_ONCE) as hands:
        return list(hands.map(lambda paper: _by_a_spare(template, paper), papers))


def _by_a_spare(template: Path, paper: dict[str, Any]) -> bytes:
    """By a compiler nobody else is using; it is put back for the next paper."""
    try:
        compiler = _spare[template].pop()
    except IndexError:
        compiler = _compiler.__wrapped__(template)
    made = compiler.compile(format="pdf", sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)})
    _spare[template].append(compiler)
    return made if isinstance(made, bytes) else made[0]


@cache
def _compiler(template: Path) -> Any:
    import typst  # 80 MB of compiler, loaded when the first paper is printed

    ours = list(FONTS.glob("*.ttf"))
    if not ours and not _system_has_chinese():
        raise NoChineseFont()
    return typst.Compiler(
        str(template),
        root=str(template.parent),
        font_paths=[str(FONTS)] if ours else [],
        ignore_system_fonts=bool(ours),
    )


def _system_has_chinese() -> bool:
    import typst

    families = {font.family for font in typst.Fonts().fonts()}
    return bool(families & {"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "SimSun"})
