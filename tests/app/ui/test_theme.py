"""Both themes can be read."""

import pytest

from mfsr_app.ui.theme import DARK, LIGHT, Colors, Theme
from mfsr_engine.settings.settings import ThemeName


def luminance(color: str) -> float:
    channels = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_itself():
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_words_reach_four_and_a_half_to_one_on_every_surface(colors: Colors):
    for surface in (colors.window, colors.surface, colors.raised):
        assert contrast(colors.text, surface) >= 4.5
        assert contrast(colors.muted, surface) >= 4.5
    for words, surface in (
        (colors.accent, colors.surface),
        (colors.accent, colors.accent_soft),
        (colors.on_accent, colors.accent),
        (colors.on_accent, colors.accent_hover),
        (colors.text, colors.danger_soft),
    ):
        assert contrast(words, surface) >= 4.5


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_borders_of_what_can_be_operated_reach_three_to_one(colors: Colors):
    assert contrast(colors.outline, colors.surface) >= 3
    assert contrast(colors.accent, colors.surface) >= 3


@pytest.mark.parametrize("colors", [LIGHT, DARK], ids=["light", "dark"])
def test_the_canvas_is_neutral(colors: Colors):
    assert colors.canvas[1:3] == colors.canvas[3:5] == colors.canvas[5:7]


def test_the_theme_can_be_chosen_and_toggled(qapp, qtbot):
    theme = Theme(qapp, ThemeName.DARK)
    assert theme.colors is DARK
    with qtbot.waitSignal(theme.changed):
        theme.toggle()
    assert theme.colors is LIGHT
    assert qapp.palette().window().color().name() == LIGHT.window
