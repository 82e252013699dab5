"""The theme: two palettes, one spacing scale, one type scale, one style sheet. Knows no widgets of ours."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QPalette

from mfsr_engine.settings.settings import ThemeName

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication


class Space(IntEnum):
    """Distances in device-independent pixels; no others are used."""

    XS = 4
    S = 8
    M = 12
    L = 16
    XL = 24


@dataclass(frozen=True)
class Colors:
    """The colours of one theme, as #rrggbb. Text colours reach 4.5:1 on every surface they are used on."""

    window: str
    """Behind panels."""
    surface: str
    """Panels and fields."""
    raised: str
    """Buttons and rows under the pointer."""
    line: str
    """Borders between surfaces."""
    outline: str
    """Borders of things that can be operated."""
    text: str
    """Words."""
    muted: str
    """Words that explain."""
    accent: str
    """The main action, the chosen item, the focus."""
    accent_hover: str
    """The main action under the pointer."""
    on_accent: str
    """Words on the accent."""
    accent_soft: str
    """Behind the chosen item."""
    danger: str
    """Words and bar of an error."""
    danger_soft: str
    """Behind an error."""
    good: str
    """Bar of a success."""
    canvas: str
    """Behind pictures: neutral in both themes."""
    check: str
    """Icon of a tick that shows on the accent."""


LIGHT = Colors(
    window="#f3f4f5",
    surface="#ffffff",
    raised="#eceef0",
    line="#dcdfe2",
    outline="#868d95",
    text="#1a1d20",
    muted="#565d65",
    accent="#0b6e69",
    accent_hover="#095a56",
    on_accent="#ffffff",
    accent_soft="#dcefed",
    danger="#a8231c",
    danger_soft="#fdecea",
    good="#0b6e69",
    canvas="#8a8a8a",
    check="check-light",
)
DARK = Colors(
    window="#1b1d1f",
    surface="#242729",
    raised="#2f3336",
    line="#35393d",
    outline="#7b838b",
    text="#eceeef",
    muted="#a6adb4",
    accent="#5fcabf",
    accent_hover="#7ad8ce",
    on_accent="#06211f",
    accent_soft="#1f3d3b",
    danger="#ff9d94",
    danger_soft="#3c2322",
    good="#5fcabf",
    canvas="#4a4a4a",
    check="check-dark",
)


def palette_of(colors: Colors) -> QPalette:
    """The Qt palette of a theme."""
    role = QPalette.ColorRole
    palette = QPalette()
    for where, color in (
        (role.Window, colors.window),
        (role.WindowText, colors.text),
        (role.Base, colors.surface),
        (role.AlternateBase, colors.raised),
        (role.Text, colors.text),
        (role.Button, colors.surface),
        (role.ButtonText, colors.text),
        (role.BrightText, colors.danger),
        (role.ToolTipBase, colors.surface),
        (role.ToolTipText, colors.text),
        (role.PlaceholderText, colors.muted),
        (role.Highlight, colors.accent),
        (role.HighlightedText, colors.on_accent),
        (role.Accent, colors.accent),
        (role.Link, colors.accent),
        (role.Mid, colors.line),
        (role.Midlight, colors.raised),
        (role.Light, colors.raised),
        (role.Dark, colors.outline),
        (role.Shadow, colors.line),
    ):
        palette.setColor(where, QColor(color))
    for where in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, where, QColor(colors.outline))
    return palette


def style_sheet(colors: Colors, base_pt: float) -> str:
    """The style sheet of a theme for a base font size in points."""
    c, small, large, huge = colors, base_pt * 0.9, base_pt * 1.2, base_pt * 1.8
    return f"""
QWidget {{ font-size: {base_pt:.1f}pt; }}
#panel, #rail, #header, #strip {{ background: {c.surface}; }}
#panel {{ border-left: 1px solid {c.line}; }}
#rail {{ border-right: 1px solid {c.line}; }}
#header {{ border-bottom: 1px solid {c.line}; }}
#strip, #sweep {{ border-top: 1px solid {c.line}; }}
#sweep {{ background: {c.surface}; }}
QToolButton[role="frame"] {{ font-size: {small:.1f}pt; }}
QScrollArea, #fields {{ border: none; background: {c.surface}; }}
#scroller, #page {{ border: none; background: {c.window}; }}
#card {{ background: {c.surface}; border: 1px solid {c.line}; border-radius: 10px; }}
QLabel[role="muted"] {{ color: {c.muted}; font-size: {small:.1f}pt; }}
QLabel[role="fault"] {{ color: {c.danger}; font-size: {small:.1f}pt; }}
QLabel[role="chip"] {{ color: {c.accent}; background: {c.accent_soft}; font-size: {small:.1f}pt;
  border-radius: 8px; padding: 2px 8px; }}
QLabel[role="key"] {{ color: {c.text}; background: {c.surface}; border: 1px solid {c.outline}; border-radius: 5px;
  padding: 2px 7px; }}
* {{ dialogbuttonbox-buttons-have-icons: 0; }}
QMessageBox #qt_msgbox_label {{ font-size: {large:.1f}pt; font-weight: 600; }}
QMessageBox #qt_msgbox_informativelabel {{ color: {c.muted}; }}
QMessageBox QPushButton:default {{ background: {c.accent}; border-color: {c.accent}; color: {c.on_accent}; }}
QMessageBox QPushButton:default:focus {{ border: 2px solid {c.text}; }}
QLabel[role="step"] {{ color: {c.muted}; font-size: {small:.1f}pt; padding: 2px 8px; }}
QLabel[role="lead"] {{ color: {c.muted}; font-size: {large:.1f}pt; }}
QLabel[role="section"] {{ color: {c.text}; font-weight: 600; }}
QLabel[role="title"] {{ font-size: {large:.1f}pt; font-weight: 600; }}
QLabel[role="display"] {{ font-size: {huge:.1f}pt; font-weight: 600; }}
QPushButton {{ background: {c.surface}; border: 1px solid {c.outline}; border-radius: 6px;
  padding: 6px 12px; min-height: 20px; color: {c.text}; }}
QPushButton:hover {{ background: {c.raised}; }}
QPushButton:pressed {{ background: {c.line}; }}
QPushButton:disabled {{ color: {c.outline}; border-color: {c.line}; }}
QPushButton[role="link"] {{ background: transparent; border: 1px solid transparent; color: {c.accent};
  padding: 4px 6px; }}
QPushButton[role="link"]:hover {{ background: {c.raised}; }}
QPushButton[role="link"]:focus {{ border: 2px solid {c.accent}; padding: 3px 5px; }}
QLabel[role="quiet"] {{ color: {c.muted}; }}
QPushButton[role="primary"] {{ background: {c.accent}; border-color: {c.accent}; color: {c.on_accent};
  font-weight: 600; }}
QPushButton[role="primary"]:hover {{ background: {c.accent_hover}; border-color: {c.accent_hover}; }}
QPushButton[role="primary"]:disabled {{ background: {c.raised}; border-color: {c.line}; color: {c.outline}; }}
QPushButton:focus, QToolButton:focus, QComboBox:focus, QAbstractSpinBox:focus {{ border: 2px solid {c.accent}; }}
QPushButton:focus {{ padding: 5px 11px; }}
QPushButton[role="primary"]:focus {{ border: 2px solid {c.text}; }}
QToolButton {{ background: transparent; border: 2px solid transparent; border-radius: 6px; padding: 4px;
  color: {c.text}; }}
QToolButton#split {{ padding-right: 12px; }}
QToolButton#split::menu-button {{ border: none; width: 12px; }}
QToolButton:hover {{ background: {c.raised}; }}
QToolButton:checked {{ background: {c.accent_soft}; color: {c.accent}; }}
QToolButton:checked:focus, QToolButton:focus {{ border-color: {c.accent}; }}
QToolButton[role="rail"] {{ font-size: {small:.1f}pt; padding: 6px 2px; }}
QComboBox, QAbstractSpinBox, QLineEdit {{ background: {c.surface}; border: 1px solid {c.outline}; border-radius: 6px;
  padding: 5px 8px; min-height: 22px; max-height: 22px; color: {c.text};
  selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: none; padding: 0; min-height: 0; }}
QLineEdit, QPlainTextEdit {{ placeholder-text-color: {c.muted}; }}
QPlainTextEdit {{ background: {c.surface}; border: 1px solid {c.outline}; border-radius: 6px; padding: 3px 4px;
  color: {c.text}; selection-background-color: {c.accent}; selection-color: {c.on_accent}; }}
QPlainTextEdit:focus {{ border: 2px solid {c.accent}; padding: 2px 3px; }}
QPlainTextEdit:disabled {{ color: {c.outline}; border-color: {c.line}; }}
QScrollBar {{ background: transparent; border: none; margin: 0; }}
QScrollBar:vertical {{ width: 12px; }}
QScrollBar:horizontal {{ height: 12px; }}
QScrollBar::handle {{ background: {c.outline}; border: 3px solid {c.window}; border-radius: 6px; }}
QScrollBar::handle:vertical {{ min-height: 32px; }}
QScrollBar::handle:horizontal {{ min-width: 32px; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: {c.window}; }}
QLineEdit:focus {{ border: 2px solid {c.accent}; }}
QAbstractSpinBox QLineEdit:focus {{ border: none; }}
QComboBox:focus, QAbstractSpinBox:focus, QLineEdit:focus {{ padding: 4px 7px; }}
QAbstractSpinBox QLineEdit:focus {{ padding: 0; }}
QComboBox:disabled, QAbstractSpinBox:disabled {{ color: {c.outline}; border-color: {c.line}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: url("icon:chevron-down.svg"); width: 14px; height: 14px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; background: transparent; width: 18px; }}
QAbstractSpinBox::up-arrow {{ image: url("icon:chevron-up.svg"); width: 10px; height: 10px; }}
QAbstractSpinBox::down-arrow {{ image: url("icon:chevron-down.svg"); width: 10px; height: 10px; }}
QComboBox QAbstractItemView {{ background: {c.surface}; border: 1px solid {c.line}; padding: 4px; outline: none; }}
QComboBox QAbstractItemView::item {{ min-height: 26px; padding: 0 4px; border-radius: 4px; }}
QComboBox QAbstractItemView::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
QComboBox {{ combobox-popup: 0; }}
QSlider {{ min-height: 24px; }}
QSlider::groove:horizontal {{ height: 4px; background: {c.line}; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ width: 12px; height: 12px; margin: -7px 0; border-radius: 9px;
  background: {c.surface}; border: 3px solid {c.accent}; }}
QSlider::handle:horizontal:focus {{ background: {c.accent}; }}
QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {c.outline}; border-radius: 4px;
  background: {c.surface}; }}
QCheckBox::indicator:checked {{ background: {c.accent}; border-color: {c.accent}; image: url("icon:{c.check}.svg"); }}
QCheckBox {{ spacing: 8px; padding: 2px; border: 2px solid transparent; border-radius: 6px; }}
QCheckBox:focus {{ border-color: {c.accent}; }}
QRadioButton {{ spacing: 8px; padding: 2px; border: 2px solid transparent; border-radius: 6px; }}
QRadioButton:focus {{ border-color: {c.accent}; }}
QRadioButton:disabled {{ color: {c.muted}; }}
QRadioButton::indicator {{ width: 8px; height: 8px; border: 5px solid {c.surface}; border-radius: 9px;
  background: {c.surface}; }}
QRadioButton::indicator:unchecked {{ width: 16px; height: 16px; border: 1px solid {c.outline}; }}
QRadioButton::indicator:checked {{ border: 5px solid {c.accent}; background: {c.on_accent}; }}
QTableWidget {{ background: {c.surface}; color: {c.text}; }}
QTableWidget::item {{ border-bottom: 1px solid {c.line}; padding: 0 4px; }}
QHeaderView::section {{ background: {c.surface}; color: {c.muted}; border: none; padding: 4px 7px;
  border-bottom: 1px solid {c.outline}; font-size: {small:.1f}pt; }}
QProgressBar {{ background: {c.raised}; border: none; border-radius: 3px; max-height: 6px; min-height: 6px; }}
QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
#message {{ background: {c.surface}; border: 1px solid {c.outline}; border-radius: 8px; }}
#message[kind="error"] {{ background: {c.danger_soft}; border-color: {c.danger}; }}
#message[kind="error"] QLabel {{ color: {c.text}; }}
#drop {{ border: 2px dashed {c.outline}; border-radius: 16px; background: {c.surface}; }}
#drop[hover="true"] {{ border-color: {c.accent}; background: {c.accent_soft}; }}
QToolTip {{ background: {c.surface}; color: {c.text}; border: 1px solid {c.line}; padding: 4px; }}
"""


class Theme(QObject):
    """The theme in use. `changed` lets what paints itself ask for its colours again."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: ThemeName = ThemeName.SYSTEM) -> None:
        super().__init__(app)
        self._app = app
        self._base_pt = max(app.font().pointSizeF(), 9.0)
        self.choice = choice
        app.setStyle("Fusion")
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._apply)
        self._apply()

    @property
    def colors(self) -> Colors:
        """The colours in use."""
        if self.choice is ThemeName.SYSTEM:
            is_dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        else:
            is_dark = self.choice is ThemeName.DARK
        return DARK if is_dark else LIGHT

    def choose(self, choice: ThemeName) -> None:
        """Use another theme."""
        self.choice = choice
        self._apply()

    def toggle(self) -> None:
        """From light to dark or back."""
        self.choose(ThemeName.LIGHT if self.colors is DARK else ThemeName.DARK)

    @Slot()
    def _apply(self) -> None:
        self._app.setPalette(palette_of(self.colors))
        sheet = style_sheet(self.colors, self._base_pt)
        if sheet != self._app.styleSheet():  # every widget is styled anew, which takes long
            self._app.setStyleSheet(sheet)
        self.changed.emit()
