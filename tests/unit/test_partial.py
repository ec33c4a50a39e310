"""Names for files that are not whole yet."""

import pytest

from visaged.output import video_output
from visaged.output.video_output import VideoOutputError
from visaged.partial import partial_name


def test_a_name_is_hidden_has_the_suffix_and_comes_once():
    first, second = partial_name(".mp4"), partial_name(".mp4")
    assert first.startswith(".") and first.endswith(".mp4") and first != second


def test_a_video_is_not_written_through_a_link_that_is_in_its_way(tmp_path, monkeypatch):
    monkeypatch.setattr(video_output, "partial_name", lambda suffix: f"known{suffix}")
    (tmp_path / "precious").write_text("before")
    (tmp_path / "known.mp4").symlink_to(tmp_path / "precious")
    with (
        pytest.raises(VideoOutputError, match="File exists"),
        video_output.video_output(tmp_path / "out.mp4", 25),
    ):
        pass
    assert (tmp_path / "precious").read_text() == "before"
    assert (tmp_path / "known.mp4").is_symlink()
