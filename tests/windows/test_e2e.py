"""The scenarios of tests/e2e that mean the same on Windows: the same
functions, run against the .exe files. What is missing here is about unix
sockets, signals, descriptors, or what espeak-ng itself makes."""
# pylint: disable=unused-import
from test_control import (  # noqa: F401
    test_answers_in_order,
    test_bad_lines_get_an_error_and_the_connection_lives,
    test_bad_requests_get_their_code,
    test_client_that_never_reads,
    test_every_accepted_id_finishes_once,
    test_full_queue,
    test_json_request_and_tag,
    test_line_with_no_end,
    test_longest_text_is_spoken,
    test_more_clients_than_allowed,
    test_plain_requests,
    test_priorities,
    test_request_of_a_client_that_left_is_done,
    test_stopping_ends_every_announcement,
    test_text_of_a_megabyte,
)
from test_daemon import (  # noqa: F401
    test_check_config,
    test_every_mistake_names_its_line,
    test_json_log,
    test_mistakes_in_options,
    test_missing_file,
    test_options_win_over_the_file,
    test_sigterm_while_everything_is_busy,
    test_usage,
)
from test_stream import (  # noqa: F401
    test_cancel_fades_out_without_a_click,
    test_clock_is_arithmetic,
    test_header_and_silence,
    test_killed_daemon_is_replaced,
    test_machine_that_stood_still_skips_and_says_so,
    test_pause_holds_the_sentence_and_resume_goes_on,
    test_queued_announcements_follow_without_a_gap,
    test_skip_stays_in_step,
    test_stalled_subscriber_is_dropped_by_policy,
    test_stalled_subscriber_is_skipped_and_harms_nobody,
    test_subscribers_hear_the_same,
    test_what_a_reader_sends_is_ignored,
)
from test_workers import (  # noqa: F401
    test_crash_once_is_retried,
    test_engine_that_floods_its_log,
    test_error_of_the_engine_fails_the_announcement,
    test_faulty_engine_costs_two_workers_then_fails,
    test_hung_engine_is_killed,
    test_missing_program_fails_in_plain_words,
    test_slow_engine_is_heard_as_silence_and_counted,
)
