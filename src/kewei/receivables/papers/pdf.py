"""PDF by Typst, with the Chinese font fetched at set-up, or one the system has."""

import json
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from kewei.kernel.refusals import N_, Refused, refusal

_HERE = Path(__file__).resolve().parent
FONTS = _HERE.parent.parent / "assets" / "fonts"
# One compiler at a time: it keeps its fonts and its cache between papers.
_one_at_a_time = Lock()


@refusal
class NoChineseFont(Refused):
    code = "no_chinese_font"
    says = N_("没有找到中文字体，无法生成 PDF。")
    next_step = N_("请运行 make setup（会安装 Noto Sans SC），或安装系统字体 fonts-noto-cjk，然后重试。")
    status = 503


def statement_pdf(paper: dict[str, Any]) -> bytes:
    """A statement (as_paper) as a PDF file. Raises NoChineseFont."""
    return _compile("statement.typ", paper)


def compiled(template: Path, paper: dict[str, Any]) -> bytes:
    """A paper of another room, by its own template. Raises NoChineseFont."""
    return _compile(str(template), paper)


def _compile(template: str, paper: dict[str, Any]) -> bytes:
    with _one_at_a_time:
        compiler = _compiler(template)
        made = compiler.compile(format="pdf", sys_inputs={"paper": json.dumps(paper, ensure_ascii=False)})
    return made if isinstance(made, bytes) else made[0]


@cache
def _compiler(template: str) -> Any:
    import typst  # 80 MB of compiler, loaded when the first paper is printed

    ours = list(FONTS.glob("*.ttf"))
    if not ours and not _system_has_chinese():
        raise NoChineseFont()
    place = _HERE / template
    return typst.Compiler(
        str(place),
        root=str(place.parent),
        font_paths=[str(FONTS)] if ours else [],
        ignore_system_fonts=bool(ours),
    )


def _system_has_chinese() -> bool:
    import typst

    families = {font.family for font in typst.Fonts().fonts()}
    return bool(families & {"Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "WenQuanYi Zen Hei", "SimSun"})
