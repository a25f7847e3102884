"""PDF by Typst, with the Chinese font fetched at set-up, or one the system has. Rooms bring their own templates."""

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from kewei.kernel.refusals import N_, Refused, refusal

FONTS = Path(__file__).resolve().parent.parent / "assets" / "fonts"
# One compiler at a time: it keeps its fonts and its cache between papers.
_one_at_a_time = Lock()


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
