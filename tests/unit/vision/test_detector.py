"""Whole pictures and regions through detection networks."""

import math
from functools import partial

import numpy as np
import onnx
import pytest

from visaged import models
from visaged.errors import ModelError
from visaged.models import DetectorSpec
from visaged.values import Picture
from visaged.vision.candidates import Presence
from visaged.vision.detector import Detector, open_detector
from visaged.vision.faceboxes import FaceBoxes, prior_boxes
from visaged.vision.roi import is_croppable
from visaged.vision.yunet import YuNet

YUNET_OUTPUTS = {name: [1, "n", size] for name, size in YuNet.outputs.items()}
SHAPES = [(1, 1), (2, 3), (1, 5000), (5000, 1), (33, 31), (2160, 3840), (1, 32768)]


NO_LANDMARKS = np.zeros((68, 3), np.float32)
REGION = (100.0, 50.0, 388.0, 338.0)
"""Its side is three times that of the picture that the network sees."""

FACE = (148.0, 98.0, 340.0, 290.0)
"""A face of two cells of the coarsest grid around the middle of the region."""


class ScriptedSession:
    """Answers every picture with one number per output kind in every cell."""

    def __init__(self, score, moved):
        self.score, self.moved = score, moved

    def run(self, names, feed):
        _, _, height, width = next(iter(feed.values())).shape
        rows = YuNet().rows(width, height)
        value = {"cls": self.score, "obj": self.score, "bbox": self.moved, "kps": self.moved}
        return [
            np.full((1, rows[name], size), value[name.partition("_")[0]], np.float32)
            for name, size in YuNet.outputs.items()
        ]


class CellsSession:
    """Sees nothing but, in cells of the coarsest grid, ``seen``: {cell: (score, size in cells, the point moved by)}."""

    def __init__(self, seen):
        self.seen = seen

    def run(self, names, feed):
        _, _, height, width = next(iter(feed.values())).shape
        rows = YuNet().rows(width, height)
        outputs = {name: np.zeros((1, rows[name], size), np.float32) for name, size in YuNet.outputs.items()}
        for cell, (score, size, moved) in self.seen.items():
            outputs["cls_32"][0, cell] = outputs["obj_32"][0, cell] = score
            outputs["bbox_32"][0, cell] = 0.5, 0.5, math.log(size), math.log(size)
            outputs["kps_32"][0, cell] = np.tile(moved, 5)
        return list(outputs.values())


class UprightSession(CellsSession):
    """Sees a face in the middle, and is surer of one whose upper half is the brighter; ``runs`` counts its looks."""

    def __init__(self):
        super().__init__({})
        self.runs = 0

    def run(self, names, feed):
        self.runs += 1
        upper, lower = np.split(feed["input"], 2, axis=2)
        self.seen = {4: (0.9 if upper.mean() > lower.mean() else 0.6, 2, (0.5, 0.5))}
        return super().run(names, feed)


class PriorsSession:
    """Like FaceBoxes, and sure of its eleventh box."""

    def run(self, names, feed):
        _, _, height, width = feed["input"].shape
        rows = FaceBoxes().rows(width, height)["scores"]
        scores = np.zeros((1, rows, 2), np.float32)
        scores[0, 10, 1] = 0.8
        return [np.zeros((1, rows, 4), np.float32), scores]


def five_landmarks(point):
    """Landmarks that have all five points in one."""
    landmarks = np.full((68, 3), 1e4, np.float32)
    landmarks[[30, *range(36, 49), 54], :2] = point
    return landmarks


def presence(session, landmarks=NO_LANDMARKS, *, image=None, face=FACE, network=None, both_ways_up=False):
    detector = Detector(session, "input", network or YuNet(), 0, 0.0)
    seen = Picture(picture() if image is None else image)
    return detector.presence(seen, REGION, face, landmarks, both_ways_up=both_ways_up)


def picture(*squares, side=64, shape=(480, 640)):
    """Black, with bright squares whose top-left corners are at ``squares`` (x, y)."""
    image = np.zeros((*shape, 3), np.uint8)
    for x, y in squares:
        image[y : y + side, x : x + side] = 255
    return image


def test_a_bright_patch_is_a_face_in_pixels_of_the_picture(made_vision):
    (found,) = made_vision.detector.detect(Picture(picture((256, 128))))
    assert found.box == pytest.approx((224, 96, 352, 224), abs=0.1)  # twice the working picture's 64 pixels
    assert found.score == pytest.approx(1.0, abs=1e-3)


def test_the_best_comes_first(made_vision):
    image = picture((128, 128), (384, 256))
    image[128:192] //= 4
    image[128:192] *= 3
    first, second = made_vision.detector.detect(Picture(image))
    assert first.box[0] > second.box[0]
    assert first.score > second.score


def test_the_threshold_decides_what_is_a_face(open_made):
    image = picture((256, 128)) // 2
    assert open_made("detect.threshold=0.4").detector.detect(Picture(image))
    assert not open_made("detect.threshold=0.6").detector.detect(Picture(image))


def test_one_detector_takes_pictures_of_changing_sizes(made_vision):
    for _ in range(2):
        assert len(made_vision.detector.detect(Picture(picture((256, 128))))) == 1
        assert len(made_vision.detector.detect(Picture(picture((128, 64), side=32, shape=(320, 320))))) == 1
        assert made_vision.detector.detect(Picture(picture(shape=(100, 30)))) == []


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("kind", ["yunet", "faceboxes"])
@pytest.mark.parametrize("size", [0, 1, 100])
def test_pictures_of_extreme_shape_are_searched(open_made, shape, kind, size):
    detector = open_made(f"model.detector={kind}", f"detect.size={size}").detector
    found = detector.detect(Picture(np.full((*shape, 3), 255, np.uint8)))
    assert all(is_croppable(detector.roi(detection.box)) for detection in found)


def test_a_picture_that_is_part_of_a_larger_one_need_not_be_copied(made_vision):
    larger = picture((256 + 40, 128 + 20), shape=(600, 800))
    found = made_vision.detector.detect(Picture(larger[20:500, 40:680]))
    assert found == made_vision.detector.detect(Picture(picture((256, 128))))


@pytest.mark.parametrize("moved", [math.nan, math.inf, -math.inf, 1e30, 80.0, -80.0])
def test_boxes_that_are_nowhere_or_cannot_be_cropped_are_no_faces(moved):
    detector = Detector(ScriptedSession(1.0, moved), "input", YuNet(), 0, 0.0)
    assert detector.detect(Picture(picture())) == []
    found = detector.presence(Picture(picture()), (0, 0, 100, 100), (20, 20, 80, 80), NO_LANDMARKS, both_ways_up=True)
    assert (found.score, found.disagreement, found.upside_down) == (0, None, False)


def test_a_face_is_present_where_the_region_shows_it(made_vision):
    seen, face = Picture(picture((256, 128), side=96)), (208, 80, 400, 272)
    region = (256 - 96, 128 - 96, 256 + 192, 128 + 192)
    look = partial(made_vision.detector.presence, landmarks=NO_LANDMARKS, both_ways_up=True)
    assert look(seen, region, face).score == pytest.approx(1.0, abs=1e-3)
    assert look(Picture(picture()), region, face) == Presence(0.0)
    assert look(seen, region, (160, 32, 250, 122)) == Presence(0.0)


def test_presence_of_a_face_that_is_nowhere_is_none(made_vision):
    look = made_vision.detector.presence
    found = look(Picture(picture((256, 128))), (160, 32, 448, 320), (math.nan,) * 4, NO_LANDMARKS, both_ways_up=False)
    assert found == Presence(0.0)


def test_the_best_of_what_overlaps_the_face_counts():
    elsewhere, worse, best, after = (0.95, 0.5, (0, 0)), (0.5, 2, (0, 0)), (0.75, 2, (1, 1)), (0.6, 2, (0, 0))
    found = presence(CellsSession({0: elsewhere, 3: worse, 4: best, 5: after}), five_landmarks((292, 242)))
    assert found.score == pytest.approx(0.75)
    assert found.disagreement == pytest.approx(0, abs=1e-5)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (30, 40), (-30, 40), (0, -50)])
def test_the_disagreement_is_the_mean_distance_of_the_five_points_in_sides_of_the_region(x, y):
    seen_at = 100 + 3 * 32 * 1.25, 50 + 3 * 32 * 1.5
    landmarks = five_landmarks((seen_at[0] + x, seen_at[1] + y))
    found = presence(CellsSession({4: (0.75, 2, (0.25, 0.5))}), landmarks)
    assert found.disagreement == pytest.approx(math.hypot(x, y) / 288, abs=1e-5)


def test_one_point_that_disagrees_counts_a_fifth():
    landmarks = five_landmarks((244, 194))
    landmarks[30, 0] += 288
    assert presence(CellsSession({4: (0.75, 2, (0.5, 0.5))}), landmarks).disagreement == pytest.approx(0.2)


def test_where_no_face_overlaps_there_is_nothing_to_disagree_with():
    assert presence(CellsSession({0: (0.95, 0.5, (0, 0))})) == Presence(0.0)


def test_a_detector_without_points_does_not_disagree():
    x, y, width, height = prior_boxes(96, 96)[10]
    prior = np.array((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
    face = tuple(3 * prior + REGION[:2] * 2)
    found = presence(PriorsSession(), face=face, network=FaceBoxes())
    assert (found.score, found.disagreement) == (pytest.approx(0.8), None)


@pytest.mark.parametrize(("bright", "upside_down"), [(slice(50, 194), False), (slice(194, 338), True)])
def test_a_face_that_scores_better_on_its_head_is_upside_down(bright, upside_down):
    image = picture()
    image[bright, 100:388] = 255
    found = presence(UprightSession(), image=image, both_ways_up=True)
    assert found.upside_down is upside_down
    assert found.score == pytest.approx(0.6 if upside_down else 0.9)


def test_a_face_that_scores_the_same_both_ways_up_is_upright():
    assert presence(UprightSession(), both_ways_up=True).upside_down is False


@pytest.mark.parametrize(("both_ways_up", "runs"), [(False, 1), (True, 2)])
def test_looking_both_ways_up_costs_a_second_run_and_is_left_out_where_not_asked(both_ways_up, runs):
    session = UprightSession()
    image = picture()
    image[194:338, 100:388] = 255
    assert presence(session, image=image, both_ways_up=both_ways_up).upside_down is both_ways_up
    assert session.runs == runs


def test_a_face_upside_down_is_noticed_also_where_the_fitted_one_is_elsewhere():
    image = picture()
    image[194:338, 100:388] = 255
    found = presence(UprightSession(), image=image, face=(100, 50, 110, 60), both_ways_up=True)
    assert found == Presence(0.0, upside_down=True)


def spec(path, kind="yunet"):
    return DetectorSpec(path, kind, "input")


def test_a_pack_declares_one_of_the_known_kinds(made_pack_dir):
    path = models.load("yunet", made_pack_dir).detector.path
    with pytest.raises(ModelError, match="unknown kind of detector 'haar'; this version knows yunet, faceboxes"):
        open_detector(spec(path, "haar"), 0, 0.0)


def test_a_detector_of_the_other_kind_is_refused(made_pack_dir):
    path = models.load("yunet", made_pack_dir).detector.path
    with pytest.raises(ModelError, match=r"detector\.onnx: gives .* where an output boxes of 1 x any x 4 float32"):
        open_detector(spec(path, "faceboxes"), 0, 0.0)


def test_a_detector_of_one_size_only_is_refused_before_the_first_picture(write_network):
    path = write_network({"input": [1, 3, 640, 640]}, YUNET_OUTPUTS)
    with pytest.raises(ModelError, match=r"net\.onnx: .*(cannot be run|is expected|are expected)"):
        open_detector(spec(path), 0, 0.0)


def test_a_detector_with_too_few_predictions_is_refused(write_network):
    path = write_network({"input": [1, 3, "h", "w"]}, YUNET_OUTPUTS)
    with pytest.raises(ModelError, match=r"net\.onnx: gives outputs of shapes .*'cls_8': \(1, 1, 1\)"):
        open_detector(spec(path), 0, 0.0)


def test_a_detector_of_doubles_is_refused(write_network):
    path = write_network({"input": [1, 3, "h", "w"]}, YUNET_OUTPUTS, kind=onnx.TensorProto.DOUBLE)
    with pytest.raises(ModelError, match="where one input input of 1 x 3 x any x any float32 numbers is expected"):
        open_detector(spec(path), 0, 0.0)
