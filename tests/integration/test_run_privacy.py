"""What the daemon does beside its work: nothing."""

import os
import subprocess
import sys


def test_nothing_is_written_to_the_home_folder_and_no_telemetry_is_started(made_pack_dir, tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    script = (
        "import visaged.assembly as a, visaged.config as c, sys, time; "
        "a.open_vision(c.load(None, ['model.models_dir=' + sys.argv[1], 'model.pack=3ddfa_v2']).config); time.sleep(1)"
    )
    environment = {**os.environ, "HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")}
    environment.pop("ORT_DISABLE_TELEMETRY", None)
    done = subprocess.run(
        [sys.executable, "-c", script, str(made_pack_dir)],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert list(home.rglob("*")) == []
    assert done.stderr == ""
