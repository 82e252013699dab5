"""The panes, as two canvases or one split canvas, and the bar above them. Binds them to the view and the comparison."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QSizePolicy, QSlider, QWidget

from mfsr_app.compare.canvas import Canvas
from mfsr_app.compare.comparison import Comparison
from mfsr_app.compare.navigator import Histogram, Navigator
from mfsr_app.compare.values import Look, Mode
from mfsr_app.ui.layout import GroupBar, action_button, button_group, choice_field, row
from mfsr_app.ui.menu_button import MenuButton
from mfsr_app.ui.theme import Space

if TYPE_CHECKING:
    from mfsr_app.actions import Actions
    from mfsr_app.compare.comparison import Scene, Side
    from mfsr_app.compare.view import ViewModel
    from mfsr_app.ui.theme import Colors
    from mfsr_engine.geometry import Size

MODES = ("side-by-side", "split", "lens", "difference")
COMBO_PX = 200
STRENGTH_PX = 96
MOST_DOUBLINGS, OVERLAY_STOPS = 5, 10
"""The strongest difference is 32 times as strong; an overlay has stops of 10 %."""
SIDES_PX = 380
"""Width at which the names of both sides can be read."""


class ViewerBar(GroupBar):
    """Binds the comparison to its buttons."""

    file_asked = Signal(bool)
    """A file shall be shown; whether on the left side."""

    def __init__(self, comparison: Comparison, actions: Actions, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison, self._actions = comparison, actions
        self._sides: tuple[Side, ...] = ()
        self.left, self.right = self._side(self.tr("Left side shows")), self._side(self.tr("Right side shows"))
        self._lay_out()
        self.left.activated.connect(self._on_left)
        self.right.activated.connect(self._on_right)
        comparison.changed.connect(self._show_scene)
        comparison.mode_changed.connect(self._show_mode)
        self._show_scene(comparison.scene())
        self._show_mode()

    def _side(self, name: str) -> QComboBox:
        combo = choice_field(name, name)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(1)
        combo.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        combo.setMaximumWidth(COMBO_PX)
        return combo

    def _lay_out(self) -> None:
        sides = QWidget()
        inside = row(Space.XS)
        sides.setLayout(inside)
        opening = self._actions["open"]
        self.recent = MenuButton(opening.text(), action=opening)
        inside.addWidget(self.recent)
        inside.addWidget(self.left, 2)
        inside.addWidget(action_button(self._actions["swap"]))
        inside.addWidget(self.right, 2)
        inside.addStretch()
        self.add(sides, takes_room=True, wanted_px=SIDES_PX)
        folder = ("previous_photo", "next_photo", "film")
        for names in (
            folder,
            MODES,
            ("consistency", "seed_variance", "sweep"),
            ("frame", "areas", "export"),
        ):
            self.add(button_group(*(self._actions[name] for name in names)))
        self.strength = QSlider(Qt.Orientation.Horizontal)
        self.strength.setFixedWidth(STRENGTH_PX)
        self.strength.valueChanged.connect(self._on_strength)
        self.add(self.strength)

    @Slot(int)
    def _on_strength(self, value: int) -> None:
        now = self._comparison.strength
        is_difference = self._comparison.mode is Mode.DIFFERENCE
        changed = replace(now, doublings=value) if is_difference else replace(now, overlay=value / OVERLAY_STOPS)
        self._comparison.set_strength(changed)

    def _show_strength(self) -> None:
        """For the difference or the overlay, whichever is shown; hidden without either."""
        comparison, slider, now = self._comparison, self.strength, self._comparison.strength
        is_difference = comparison.mode is Mode.DIFFERENCE
        with QSignalBlocker(slider):
            slider.setRange(0, MOST_DOUBLINGS if is_difference else OVERLAY_STOPS)
            slider.setValue(now.doublings if is_difference else round(now.overlay * OVERLAY_STOPS))
        words = self.tr("Strength of the difference: {0} times").format(2**now.doublings)
        if not is_difference:
            words = self.tr("Strength of the overlay: {0} %").format(round(now.overlay * 100))
        slider.setToolTip(words)
        slider.setAccessibleName(words)
        is_wanted = is_difference or bool(comparison.overlays)
        if slider.isHidden() is is_wanted:
            slider.setVisible(is_wanted)
            self.updateGeometry()
            self._arrange()

    @Slot(int)
    def _on_left(self, number: int) -> None:
        if number < len(self._sides):
            self._comparison.set_left(self._sides[number])
        else:
            self._ask_file(on_left=True)

    @Slot(int)
    def _on_right(self, number: int) -> None:
        if number < len(self._sides):
            self._comparison.set_right(self._sides[number])
        else:
            self._ask_file(on_left=False)

    def _ask_file(self, *, on_left: bool) -> None:
        self._show_scene(self._comparison.scene())
        self.file_asked.emit(on_left)

    @Slot(object)
    def _show_scene(self, scene: Scene) -> None:
        self._sides = scene.sides
        titles = [*scene.titles, self.tr("A file…")]
        for combo, number in zip((self.left, self.right), scene.numbers, strict=True):
            self._show_side(combo, titles, number)
        self._show_strength()

    def _show_side(self, combo: QComboBox, titles: list[str], now: int) -> None:
        with QSignalBlocker(combo):
            if len(titles) != combo.count():
                combo.clear()
                combo.addItems(titles)
            for number, title in enumerate(titles):  # one by one: the list may be open while a result is computed
                if title != combo.itemText(number):
                    combo.setItemText(number, title)
            combo.setCurrentIndex(now)

    @Slot()
    def _show_mode(self) -> None:
        for name in MODES:
            self._actions[name].setChecked(name == self._comparison.mode.value)
        self._show_strength()


ROOM_PX, ABOVE_FOOT_PX = 260, 48
"""Least side of a pane that others float over, and how far above its foot, where values are read."""
GAP_PX = 2
"""Between two panes."""


class Viewer(QWidget):
    """`left` shows the first side where two panes are asked for; `right` shows the second, or both."""

    painted = Signal()
    """The right pane was painted."""

    def __init__(self, view: ViewModel, comparison: Comparison, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view, self._comparison = view, comparison
        self.left, self.right = Canvas(), Canvas()
        self._port = self.right.port
        self._look = self._look_of_pane()
        self.navigator, self.histogram = Navigator(self.right), Histogram(self.right)
        self.has_navigator, self.has_histogram = True, False
        self.left.setAccessibleName(self.tr("Left picture"))
        self.right.setAccessibleName(self.tr("Right picture"))
        inside = row()
        inside.setSpacing(GAP_PX)
        self.setLayout(inside)
        self.setAutoFillBackground(True)  # the gap too, whatever floated over it
        inside.addWidget(self.left, 1)
        inside.addWidget(self.right, 1)
        for canvas in (self.left, self.right):
            canvas.zoomed.connect(view.zoom_at)
            canvas.panned.connect(view.pan)
            canvas.toggled.connect(self._on_toggled)
            canvas.pointed.connect(self._on_pointed)
        self.right.port_changed.connect(self._on_port)
        self.navigator.asked.connect(view.look_at)
        self.right.painted.connect(self.painted)
        view.changed.connect(self._show_view)
        self._scene = comparison.scene()
        comparison.changed.connect(self._show_scene)
        comparison.mode_changed.connect(self._show_mode)
        self._show_view()
        self._show_mode()
        self._show_scene(self._scene)

    def set_colors(self, colors: Colors) -> None:
        """Use the theme's colours."""
        for canvas in (self.left, self.right):
            canvas.set_colors(colors.canvas, colors.accent)

    def take_over(self, older: Viewer) -> None:
        """Divide as this one did."""
        self.has_navigator, self.has_histogram = older.has_navigator, older.has_histogram
        self._show_small()
        self.right.set_horizontal(older.right.is_horizontal)
        self.right.move_divider(older.right.divider - self.right.divider)

    def turn_divider(self) -> None:
        """Between left/right and above/below."""
        self.right.set_horizontal(not self.right.is_horizontal)

    def show_navigator(self, *, is_wanted: bool) -> None:
        """Show, while a part is in view, where that is."""
        self.has_navigator = is_wanted
        self._show_small()

    def show_histogram(self, *, is_wanted: bool) -> None:
        """Show how bright the part in view is."""
        self.has_histogram = is_wanted
        self._show_small()

    def _look_of_pane(self) -> Look:
        return Look(self._view.view, self._view.source, self._port, self.right.devicePixelRatioF())

    def _show_small(self) -> None:
        """What floats over the pane at the right, where it has room."""
        pane, look = self.right, self._look
        has_room = min(pane.width(), pane.height()) >= ROOM_PX
        for small, is_wanted, at_right in (
            (self.navigator, self.has_navigator and look.is_part, True),
            (self.histogram, self.has_histogram, False),
        ):
            small.setVisible(is_wanted and has_room)
            if is_wanted and has_room:
                small.show_part(self._scene.right, look)
                left = pane.width() - small.width() - ABOVE_FOOT_PX // 4 if at_right else ABOVE_FOOT_PX // 4
                small.move(left, pane.height() - small.height() - ABOVE_FOOT_PX)

    @Slot(float, float)
    def _on_toggled(self, dx: float, dy: float) -> None:
        if abs(self._view.zoom - 1.0) < 0.01:
            self._view.fit()
        else:
            self._view.zoom_to(1.0, dx, dy)

    @Slot(object)
    def _on_pointed(self, spot: QPointF | None) -> None:
        """Every pane tells of the same place."""
        for canvas in (self.left, self.right):
            canvas.set_spot(spot)

    @Slot(object)
    def _on_port(self, port: Size) -> None:
        self._port = port
        self._view.set_port(port)
        self._look = self._look_of_pane()
        self._show_small()

    @Slot()
    def _show_view(self) -> None:
        for canvas in (self.left, self.right):
            canvas.set_look(self._view.view, self._view.source)
        self._look = self._look_of_pane()
        self._show_small()

    @Slot(object)
    def _show_scene(self, scene: Scene) -> None:
        self._scene = scene
        self.left.set_shown(None, scene.left)
        self.right.set_shown(None if scene.is_blinking else scene.left, scene.right, scene.doublings)
        self._show_small()

    @Slot()
    def _show_mode(self) -> None:
        is_pair = self._comparison.mode is Mode.SIDE_BY_SIDE
        self.left.setVisible(is_pair)
        self.right.set_mode(None if is_pair else self._comparison.mode)
        self._show_small()
