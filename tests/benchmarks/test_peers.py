"""The peer: tiling, cache, and the torch network read from ncnn's file."""

import numpy as np
import pytest
import torch

from benchmarks import peers
from benchmarks.peers import PeerError, tiled
from benchmarks.rrdb import Rrdb, load_ncnn


def enlarge(tile):
    return tile.repeat(4, axis=0).repeat(4, axis=1)


@pytest.fixture
def picture():
    return np.random.default_rng(0).random((23, 31, 3), dtype=np.float32)


@pytest.fixture(scope="module")
def ncnn_file(tmp_path_factory):
    """Random weights in ncnn's layout, and the network they belong to."""
    torch.manual_seed(0)
    network = Rrdb()
    file = tmp_path_factory.mktemp("ncnn") / "x4plus.bin"
    with file.open("wb") as stream:
        for layer in (module for module in network.modules() if isinstance(module, torch.nn.Conv2d)):
            layer.weight.data = layer.weight.data.half().float()
            stream.write((0x01306B47).to_bytes(4, "little") + layer.weight.data.half().numpy().tobytes())
            stream.write(layer.bias.data.numpy().tobytes())
    return file, network


@pytest.mark.parametrize("border_px", [0, 10])
@pytest.mark.parametrize("tile_px", [8, 16, 200])
def test_tiles_join_to_the_whole(picture, border_px, tile_px):
    result = tiled(picture, enlarge, border_px=border_px, tile_px=tile_px)
    np.testing.assert_array_equal(result, enlarge(picture))


def test_a_tile_sees_ten_pixels_around_it_and_the_border_repeated(picture):
    seen = []

    def run(tile):
        seen.append(tile)
        return enlarge(tile)

    tiled(picture, run, border_px=10, tile_px=16)
    assert [tile.shape[:2] for tile in seen] == [(36, 36), (36, 35), (27, 36), (27, 35)]
    np.testing.assert_array_equal(seen[0][:11, :11], np.broadcast_to(picture[0, 0], (11, 11, 3)))


def test_results_are_clipped(picture):
    result = tiled(picture, lambda tile: enlarge(tile) * 4 - 2, border_px=0)
    assert (result.min(), result.max()) == (0, 1)


def test_the_network_is_read_from_ncnns_file(ncnn_file):
    file, network = ncnn_file
    image = torch.rand(1, 3, 8, 8)
    with torch.inference_mode():
        torch.testing.assert_close(load_ncnn(file)(image), network(image))


def test_the_network_enlarges_four_times(ncnn_file):
    assert load_ncnn(ncnn_file[0])(torch.rand(1, 3, 6, 5)).shape == (1, 3, 24, 20)


def test_another_networks_file_is_refused(tmp_path, ncnn_file):
    longer = tmp_path / "longer.bin"
    longer.write_bytes(ncnn_file[0].read_bytes() + b"\0" * 4)
    with pytest.raises(ValueError, match="longer"):
        load_ncnn(longer)
    longer.write_bytes(b"\0" * 8192)
    with pytest.raises(ValueError, match="float16"):
        load_ncnn(longer)


class CountingPeer:
    name = "peer"

    def __init__(self):
        self.calls = 0

    def upscale(self, pixels):
        self.calls += 1
        return enlarge(pixels)


def test_a_result_is_computed_once(no_cache, picture):
    peer = CountingPeer()
    first = peers.cached(lambda: peer, "peer", picture)
    second = peers.cached(lambda: peer, "peer", picture)
    assert peer.calls == 1
    np.testing.assert_array_equal(first.pixels, second.pixels)
    np.testing.assert_allclose(first.pixels / 255, enlarge(picture), atol=0.002 + 1e-6)
    assert first.seconds == second.seconds > 0


def test_a_result_can_be_computed_anew(no_cache, picture):
    peer = CountingPeer()
    peers.cached(lambda: peer, "peer", picture)
    peers.cached(lambda: peer, "peer", picture, recompute=True)
    assert peer.calls == 2


def test_another_picture_or_peer_has_its_own_result(no_cache, picture):
    peer = CountingPeer()
    peers.cached(lambda: peer, "peer", picture)
    peers.cached(lambda: peer, "peer", picture[:8])
    peers.cached(lambda: peer, "other", picture)
    assert peer.calls == 3


def test_missing_weights_name_the_command(no_cache):
    with pytest.raises(PeerError, match=r"python -m benchmarks\.peers"):
        peers.TorchX4Plus()
