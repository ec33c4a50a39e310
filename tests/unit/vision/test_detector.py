"""Whole pictures and regions through detection networks."""

import math

import numpy as np
import onnx
import pytest

from visaged import models
from visaged.errors import ModelError
from visaged.models import DetectorSpec
from visaged.vision.detector import Detector, open_detector
from visaged.vision.roi import is_croppable
from visaged.vision.yunet import YuNet

YUNET_OUTPUTS = {name: [1, "n", size] for name, size in YuNet.outputs.items()}
SHAPES = [(1, 1), (2, 3), (1, 5000), (5000, 1), (33, 31), (2160, 3840), (1, 32768)]


class ScriptedSession:
    """Answers every picture with one number per output kind in every cell."""

    def __init__(self, score, moved):
        self.score, self.moved = score, moved

    def run(self, names, feed):
        _, _, height, width = next(iter(feed.values())).shape
        rows = YuNet().rows(width, height)
        value = {"cls": self.score, "obj": self.score, "bbox": self.moved}
        return [
            np.full((1, rows[name], size), value[name.partition("_")[0]], np.float32)
            for name, size in YuNet.outputs.items()
        ]


def picture(*squares, side=64, shape=(480, 640)):
    """Black, with bright squares whose top-left corners are at ``squares`` (x, y)."""
    image = np.zeros((*shape, 3), np.uint8)
    for x, y in squares:
        image[y : y + side, x : x + side] = 255
    return image


def test_a_bright_patch_is_a_face_in_pixels_of_the_picture(made_vision):
    (found,) = made_vision.detector.detect(picture((256, 128)))
    assert found.box == pytest.approx((224, 96, 352, 224), abs=0.1)  # twice the working picture's 64 pixels
    assert found.score == pytest.approx(1.0, abs=1e-3)


def test_the_best_comes_first(made_vision):
    image = picture((128, 128), (384, 256))
    image[128:192] //= 4
    image[128:192] *= 3
    first, second = made_vision.detector.detect(image)
    assert first.box[0] > second.box[0]
    assert first.score > second.score


def test_the_threshold_decides_what_is_a_face(open_made):
    image = picture((256, 128)) // 2
    assert open_made("detect.threshold=0.4").detector.detect(image)
    assert not open_made("detect.threshold=0.6").detector.detect(image)


def test_one_detector_takes_pictures_of_changing_sizes(made_vision):
    for _ in range(2):
        assert len(made_vision.detector.detect(picture((256, 128)))) == 1
        assert len(made_vision.detector.detect(picture((128, 64), side=32, shape=(320, 320)))) == 1
        assert made_vision.detector.detect(picture(shape=(100, 30))) == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["yunet", "faceboxes"])
@pytest.mark.parametrize("size", [0, 1, 100])
def test_pictures_of_extreme_shape_are_searched(open_made, shape, kind, size):
    detector = open_made(f"model.detector={kind}", f"detect.size={size}").detector
    found = detector.detect(np.full((*shape, 3), 255, np.uint8))
    assert all(is_croppable(detector.roi(detection.box)) for detection in found)


def test_a_picture_that_is_part_of_a_larger_one_need_not_be_copied(made_vision):
    larger = picture((256 + 40, 128 + 20), shape=(600, 800))
    found = made_vision.detector.detect(larger[20:500, 40:680])
    assert found == made_vision.detector.detect(picture((256, 128)))


@pytest.mark.parametrize("moved", [math.nan, math.inf, -math.inf, 1e30, 80.0, -80.0])
def test_boxes_that_are_nowhere_or_cannot_be_cropped_are_no_faces(moved):
    detector = Detector(ScriptedSession(1.0, moved), "input", YuNet(), 0, 0.0)
    assert detector.detect(picture()) == []
    assert detector.presence(picture(), (0, 0, 100, 100), (20, 20, 80, 80)) == 0


def test_a_face_is_present_where_the_region_shows_it(made_vision):
    image, face = picture((256, 128), side=96), (208, 80, 400, 272)
    region = (256 - 96, 128 - 96, 256 + 192, 128 + 192)
    assert made_vision.detector.presence(image, region, face) == pytest.approx(1.0, abs=1e-3)
    assert made_vision.detector.presence(picture(), region, face) == 0
    assert made_vision.detector.presence(image, region, (160, 32, 250, 122)) == 0


def test_presence_of_a_face_that_is_nowhere_is_none(made_vision):
    assert made_vision.detector.presence(picture((256, 128)), (160, 32, 448, 320), (math.nan,) * 4) == 0


def spec(path, kind="yunet"):
    return DetectorSpec(path, kind, "input")


def test_a_pack_declares_one_of_the_known_kinds(made_pack_dir):
    path = models.load("yunet", made_pack_dir).detector.path
    with pytest.raises(ModelError, match="unknown kind of detector 'haar'; this version knows yunet, faceboxes"):
        open_detector(spec(path, "haar"), 0, 0.0, 1)


def test_a_detector_of_the_other_kind_is_refused(made_pack_dir):
    path = models.load("yunet", made_pack_dir).detector.path
    with pytest.raises(ModelError, match=r"detector\.onnx: gives .* where an output boxes of 1 x any x 4 float32"):
        open_detector(spec(path, "faceboxes"), 0, 0.0, 1)


def test_a_detector_of_one_size_only_is_refused_before_the_first_picture(write_network):
    path = write_network({"input": [1, 3, 640, 640]}, YUNET_OUTPUTS)
    with pytest.raises(ModelError, match=r"net\.onnx: .*(cannot be run|is expected|are expected)"):
        open_detector(spec(path), 0, 0.0, 1)


def test_a_detector_with_too_few_predictions_is_refused(write_network):
    path = write_network({"input": [1, 3, "h", "w"]}, YUNET_OUTPUTS)
    with pytest.raises(ModelError, match=r"net\.onnx: gives outputs of shapes .*'cls_8': \(1, 1, 1\)"):
        open_detector(spec(path), 0, 0.0, 1)


def test_a_detector_of_doubles_is_refused(write_network):
    path = write_network({"input": [1, 3, "h", "w"]}, YUNET_OUTPUTS, kind=onnx.TensorProto.DOUBLE)
    with pytest.raises(ModelError, match="where one input input of 1 x 3 x any x any float32 numbers is expected"):
        open_detector(spec(path), 0, 0.0, 1)
