"""Engine programs by themselves: the same functions as on POSIX, for what
depends on the system: the kit's pipes, ends and waits, and the net."""
# pylint: disable=unused-import
from test_engine_http import (  # noqa: F401
    http_engine,
    test_http_first_sound_does_not_wait_for_the_rest,
    test_http_hello,
    test_http_raw_pcm,
    test_http_request,
)
from test_engines import (  # noqa: F401
    test_bad_requests,
    test_cancel_behind_its_job,
    test_end_of_file_while_the_engine_waits,
    test_frames_in_single_bytes,
    test_more_jobs_than_the_kit_holds,
    test_resampling_keeps_the_sound,
    tone,
)
