"""What the engine says of models reaches the choices, or the user where it cannot say it."""

from mfsr_engine.errors import ModelError


def test_a_model_that_was_installed_is_offered(window, parts, upscaler, qtbot):
    choices = parts.states.choices
    upscaler.installed = upscaler.installed[:1]
    parts.around.models.installed_changed.emit()
    qtbot.waitUntil(lambda: len(choices.models) == 1)


def test_models_that_cannot_be_listed_after_an_installation_are_told_of(window, parts, upscaler, monkeypatch, qtbot):
    def refuse():
        raise ModelError("The folder of models cannot be read. Check its permissions.")

    monkeypatch.setattr(upscaler, "models", refuse)
    parts.around.models.installed_changed.emit()
    qtbot.waitUntil(lambda: "cannot be read" in window.message_bar.text)
