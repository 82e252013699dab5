"""Sentences of the engine in the language of the window."""

import re

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator

from mfsr_app.desktop import engine_translation
from mfsr_app.desktop.engine_translation import translated
from mfsr_app.desktop.languages import Languages
from mfsr_engine.errors import Cancelled
from mfsr_engine.settings.settings import Language


@pytest.fixture
def chinese(qapp):
    languages = Languages()
    languages.choose(Language.CHINESE)
    yield
    languages.stop()


def test_english_is_left_as_it_is(qapp):
    assert translated(str(Cancelled())) == str(Cancelled())


@pytest.mark.usefixtures("chinese")
@pytest.mark.parametrize(
    ("english", "words"),
    [
        ("", ""),
        ("PNG", "PNG"),
        ("no one wrote this", "no one wrote this"),
        ("Stopped. Nothing was written.", "已停止。未写入任何内容。"),
        (
            "a b.png is empty (0 bytes). Get a complete copy of the file.",
            "a b.png 是空文件（0 字节）。请获取完整的文件副本。",
        ),
        (
            "x.png is too large (9 x 8 pixels); at most 5 megapixels can be read. Cut it into parts first.",
            "x.png 太大（9 x 8 像素）；最多可读取 5 百万像素。请先将其切成几部分。",
        ),
        ("Input should be greater than or equal to 64.", "应大于或等于 64。"),
        ("Minutes on this computer.", "在这台电脑上需要数分钟。"),
        ("Comparing: student, 4 steps", "正在对比：学生模型，4 步"),
        (
            "12 photographs can be used; left out: 2 too small, 1 flat.",
            "可使用 12 张照片；未采用：2 张太小，1 张过于单调。",
        ),
        (
            "3 photographs can be used. At least 9 are needed; choose another folder.",
            "可使用 3 张照片。至少需要 9 张；请选择其他文件夹。",
        ),
        ("my-run: The disk is full. No one wrote this.", "my-run: The disk is full. No one wrote this."),
        (
            "Some settings were not understood: theme must be a list; x is not known. "
            "Defaults stand in; the old file is kept as /tmp/x.",
            "有些设置无法识别：theme 必须是列表；x 无法识别。已用默认值代替；旧文件已保存为 /tmp/x。",
        ),
    ],
)
def test_sentences_are_found_with_what_was_put_into_them(english, words):
    assert translated(english) == words


class Shouting(QTranslator):
    """A language with the punctuation of English, as most have it."""

    def translate(self, context, source, disambiguation=None, n=-1):
        if context == "EngineWords":
            return "loud" if source == "en" else source
        return source.upper() if context == "Engine" else source

    def isEmpty(self):
        return False


@pytest.mark.parametrize(
    ("english", "words"),
    [
        ("Stopped. Nothing was written.", "STOPPED. NOTHING WAS WRITTEN."),
        ("Comparing: student, 4 steps", "COMPARING: STUDENT, 4 STEPS"),
        ("Field required.", "FIELD REQUIRED."),
        (
            "12 photographs can be used; left out: 2 too small, 1 flat.",
            "12 PHOTOGRAPHS CAN BE USED; LEFT OUT: 2 TOO SMALL, 1 FLAT.",
        ),
        (
            "All weights stay on the device in full. The autoencoder is on the device only while it works.",
            "ALL WEIGHTS STAY ON THE DEVICE IN FULL. THE AUTOENCODER IS ON THE DEVICE ONLY WHILE IT WORKS.",
        ),
    ],
)
def test_another_language_has_its_own_punctuation(qapp, english, words):
    translator = Shouting()
    QCoreApplication.installTranslator(translator)
    try:
        assert translated(english) == words
    finally:
        QCoreApplication.removeTranslator(translator)


@pytest.mark.usefixtures("chinese")
def test_lines_are_translated_one_by_one():
    assert translated("Stopped. Nothing was written.\nholiday.jpg") == "已停止。未写入任何内容。\nholiday.jpg"


@pytest.mark.usefixtures("chinese")
def test_steps_in_one_line_keep_their_numbers():
    told = (
        "This repository is only for accounts that accepted its licence, and you are not logged in. "
        "1. Run `hf auth login` and paste the token. 2. Pull again; what was fetched already is kept."
    )
    words = translated(told)
    assert "1. 运行 `hf auth login` 并粘贴令牌。" in words
    assert words.endswith("2. 重新拉取；已下载的内容会保留。")


@pytest.mark.usefixtures("chinese")
def test_every_template_is_found_again_with_anything_in_it():
    known = engine_translation._templates()
    templates = [*known.whole, *(template for _, template in known.marked)]
    assert len(templates) > 400
    wrong = {}
    for template in templates:
        said = re.sub(r"%(\d)", r"/p\1/x", template)
        expected = re.sub(r"%(\d)", r"/p\1/x", QCoreApplication.translate("Engine", template))
        if translated(said) != expected and "\n" not in template:
            wrong[said] = translated(said)
    assert wrong == {}
