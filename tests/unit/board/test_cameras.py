"""The cameras of a made board."""

from visaged.board.cameras import Camera, read_cameras


def test_cameras_have_a_name_and_a_path_that_stays(made_board):
    for number in (10, 0):
        made_board.write(f"dev/video{number}", b"")
    made_board.write("sys/class/video4linux/video0/name", "HD Pro Webcam C920\n")
    links = made_board.root / "dev/v4l/by-id"
    links.mkdir(parents=True)
    (links / "usb-C920-index0").symlink_to("../../video0")
    assert read_cameras(made_board.root) == (
        Camera("/dev/video0", "HD Pro Webcam C920", "/dev/v4l/by-id/usb-C920-index0"),
        Camera("/dev/video10", None, None),
    )


def test_a_machine_without_cameras_has_none(made_board):
    assert read_cameras(made_board.root) == ()
