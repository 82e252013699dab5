"""The window in Chinese: no English is left on any page but names, keys and what the fakes say."""

import re
from pathlib import Path

import pytest
from PySide6.QtGui import QAction, QImage
from PySide6.QtWidgets import QComboBox, QLineEdit, QListWidget, QTableWidget, QWidget

from distill.preset import Preset
from distill.wizard.draft import Step
from mfsr_app.distill.recipe_fields import RecipeFields
from mfsr_app.models.hub import EngineModelHub, Fit
from mfsr_app.models.licence_dialog import LicenceDialog
from mfsr_app.parts import AppFiles
from mfsr_app.ui.close_question import question
from mfsr_app.ui.key_sheet import KeySheet
from mfsr_engine.settings.settings import Language
from tests.fakes import scripted_distilling
from tests.fakes.scripted_distilling import ScriptedDistilling
from tests.fakes.scripted_hub import ScriptedHub

PROPERTIES = (
    "text",
    "placeholderText",
    "toolTip",
    "accessibleName",
    "accessibleDescription",
    "windowTitle",
    "suffix",
    "prefix",
    "specialValueText",
    "words",
    "summary",
)
MARKUP = re.compile(
    r"<code>.*?</code>|<[^>]*>|^Python .*|`[^`]*`|\{\w+\}|[^\s<]*/[^\s<]*"
    r"|(?<!\w)\.[a-z]{3,4}\b|\S+\.(?:jpe?g|png|webp|tiff?|gif|txt|toml|org|co|log)\b"
)
KEYS = "Ctrl|Alt|Shift|Esc|Del|Home|End|Enter|PgUp|PgDown"
PRODUCTS = (
    "mfsr-small|MFSR small teacher|MFSR small|MFSR|DiT4SR|SMFSR|SeeSR|MeanFlow|Stable Diffusion|Medium|"
    "Hub|Access Tokens|Transformer|Community License|Stability AI Community License|Stability AI|"
    "Pi-Lab License|Pi-Lab|Apache|License|non-commercial|English|Python|Linux|Apple|CUDA|sRGB|PNG|JPEG|"
    "WebP|WEBP|TIFF|AVIF|HEIC|BMP|GIF|RGB|EXIF|GPS|LPIPS|DISTS|NIQE|PSNR|SSIM|GPU|CPU|MiB|GiB|AlexNet|Weights & Biases|wandb|"
    "VGG16|LoRA|logit|loss|EMA|FSDP|Beta|AdamW|SPDX|steps|auto|own|degraded|end_point|Qt|Lab|fp32|bf16|"
    "fp16|seed|CC0|max|null"
)
OF_FAKES = "A large teacher|A teacher|Restores photographs in 40 guided steps|2.7 billion|Preparing crops|my-own|my-student|tiny"
ENGLISH = re.compile(r"[A-Za-z]{3,}")


class Hub(ScriptedHub):
    """The real catalogue, without network and weights."""

    def rows(self):
        return EngineModelHub().rows()

    def fits(self, *, measures_again=False):
        return {"mfsr-small": Fit(True, "", 4000.0)}


@pytest.fixture
def parts(make_parts, monkeypatch, tmp_path):
    monkeypatch.setenv("MFSR_HOME", str(tmp_path))
    from mfsr_engine.models import card

    read_card = card.read_card
    monkeypatch.setattr(
        card, "read_card", lambda folder: read_card(folder) if folder.is_dir() else scripted_distilling.teacher_card()
    )
    kept = AppFiles(hub=Hub(), distill=ScriptedDistilling(), log_path=tmp_path / "mfsr.log")
    parts = make_parts(kept=kept)
    parts.around.settings.change(language=Language.CHINESE)
    parts.languages.choose(Language.CHINESE)
    return parts


def said(thing):
    """Everything an object says to eyes and ears."""
    for name in PROPERTIES:
        get = getattr(thing, name, None) if not (isinstance(thing, QLineEdit) and name == "text") else None
        if isinstance(get, str):
            yield get
        elif callable(get):
            words = get()
            yield words if isinstance(words, str) else ""
    if isinstance(thing, QComboBox) and not isinstance(_holder(thing), RecipeFields):  # there, words of the file
        yield from (thing.itemText(number) for number in range(thing.count()))
    if isinstance(thing, QListWidget):
        yield from (thing.item(number).text() for number in range(thing.count()))
    if isinstance(thing, QTableWidget):
        cells = (thing.item(row, place) for row in range(thing.rowCount()) for place in range(thing.columnCount()))
        yield from (cell.text() for cell in cells if cell is not None)
        heads = (thing.horizontalHeaderItem(place) for place in range(thing.columnCount()))
        yield from (head.text() for head in heads if head is not None)


def _holder(widget):
    while widget is not None and not isinstance(widget, RecipeFields):
        widget = widget.parentWidget()
    return widget


def english_in(root):
    """Texts with English words that are no names."""
    names = re.compile(rf"(?<![A-Za-z])(?:{KEYS}|{PRODUCTS})(?![a-z])|{OF_FAKES}")
    left = set()
    for thing in (root, *root.findChildren(QWidget), *root.findChildren(QAction)):
        for text in said(thing):
            if ENGLISH.search(names.sub("", MARKUP.sub("", text))):
                left.add(text)
    return left


def test_the_walk_finds_english(window):
    window.page.controls.model.setToolTip("Which model")
    assert english_in(window) == {"Which model"}


def test_compare_page(window, parts, qtbot):
    assert english_in(window) == set()
    states = parts.states
    window.model_in_use.warm_up()
    window.open_path(Path("small.png"))
    qtbot.waitUntil(lambda: states.upscaling.shown is not None and states.upscaling.shown.is_whole)
    states.choices.set_fidelity(0.5)
    qtbot.waitUntil(lambda: states.upscaling.activity is None)
    assert english_in(window) == set()
    assert all(ENGLISH.search(states.comparison.title(side)) is None for side in states.comparison.sides)


def test_message(window, parts):
    parts.messages.tell("x.png is empty (0 bytes). Get a complete copy of the file.")
    assert english_in(window) == set()


def test_sheet_of_keys_and_dialogs(window):
    window.show_page(window.queue_page)
    window.actions_table["keys"].trigger()
    (sheet,) = window.findChildren(KeySheet)
    assert english_in(sheet) == set()
    sheet.close()
    box = question(window)
    assert english_in(box) == set()
    box.deleteLater()


def test_queue_page(window, parts, qtbot, tmp_path):
    photographs = tmp_path / "photos"
    photographs.mkdir()
    for name in ("1.png", "2.png"):
        QImage(8, 6, QImage.Format.Format_RGB888).save(str(photographs / name))
    queue = parts.queueing.parts.queue
    window.show_page(window.queue_page)
    window.queue_page.load()
    assert english_in(window.queue_page) == set()
    queue.add([photographs])
    qtbot.waitUntil(lambda: len(queue.table.items) > 0 and not queue.adding)
    queue.start()
    qtbot.waitUntil(lambda: queue.phase.value == "idle" and not queue.waiting)
    assert english_in(window) == set()
    model = queue.table
    cells = [
        model.index(row, column).data() for row in range(model.rowCount()) for column in range(model.columnCount())
    ]
    assert [cell for cell in cells if ENGLISH.search(MARKUP.sub("", cell or ""))] == []


def test_models_page_and_licence(window, parts, qtbot):
    window.show_page(window.models_page)
    qtbot.waitUntil(lambda: "smfsr_q" in window.models_page.cards)
    assert english_in(window.models_page) == set()
    for model in parts.around.models.rows:
        dialog = LicenceDialog(model, window)
        assert english_in(dialog) == set()
        dialog.deleteLater()


def test_settings_page(window, parts):
    window.show_page(window.settings_page)
    parts.around.settings.save_preset("冲印", parts.states.choices)
    assert english_in(window.settings_page) == set()


def test_wizard(window, qtbot):
    window.show_page(window.distill_page)
    page = window.distill_page
    state = page._state
    qtbot.waitUntil(lambda: bool(page.teacher.radios))
    assert english_in(page) == set()
    page.next.click()
    assert english_in(page) == set()
    page.photos.choose(Path("photos"))
    qtbot.waitUntil(lambda: state.samples is not None)
    assert english_in(page) == set()
    page.next.click()
    qtbot.waitUntil(lambda: bool(state.draft.taken_names))
    page.recipe.radios[Preset.TRY].click()
    state.choose_name("my-own")
    page.recipe.advanced.click()
    page.recipe.fields.widget("data", "batch_size").setText("0")
    page.recipe.fields.widget("data", "batch_size").editingFinished.emit()
    assert english_in(page) == set()
    page.next.click()
    qtbot.waitUntil(lambda: state.draft.estimate is not None)
    assert english_in(page) == set()
    page.next.click()
    qtbot.waitUntil(lambda: state.step is Step.RUN and page._follower.view is not None)
    assert english_in(page) == set()
    state.set_trained(is_trained=True)
    page.next.click()
    qtbot.waitUntil(lambda: state.comparison is not None)
    assert english_in(page) == set()
    assert not any(ENGLISH.search(name) for name in page.result.pictures.grid.columns)
