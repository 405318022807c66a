"""Scenarios of tests/e2e that are not run on Windows, and why. A file, a test,
or one case of it."""
import inspect

ESPEAK = "there is no espeak-ng for Wine"
SCRIPT = "runs shell scripts"
SOCKETS = "is about unix sockets"
SIGNALS = "is about signals"
PIDS = "process ids of Wine are not Linux's; test_supervisor_exe.py has it"
DESCRIPTORS = "is about descriptors"
OLD_FFMPEG = "the ffmpeg.exe of 2018 lacks it"
GONE = "a pipe of Windows does not tell that its reader has gone"
NO_READER = "Wine has another error for a pipe of Linux without a reader"
CODECS = "libsndfile is built without other libraries"
SLOW = "needs a machine that is always in time, as a busy Wine is not"
STAND_IN = "needs the stand-in for ttsd, a unix socket's"
PROC = "looks into /proc"
USERS = "is about folders of other users, and pipes lie in none"
LIMITS = "Wine itself ends where a limit leaves it so little memory"
UPGRADE = "no upgrade there: a process keeps its program"
NUMBERS = "ffmpeg.exe has numbers, not words, for what the net says"
PAINTER = "the painter is not built"
BEEPS = "compares sound, and one beep is as another"
UNICODE = "a command line of Windows is Unicode"
PERMISSIONS = "is about permissions of Linux"
FIFOS = "Wine has no name for a FIFO"
LINKS = "Wine follows links by itself"
ALONE = "runs one program by itself, on names of unix sockets"

LEFT_OUT = {
    "test_recipes.py": "runs programs of Debian's",
    "test_sbom.py": "is about Debian's packages",
    "test_wyoming.py": "nothing listens on TCP but for HTTP",
    "test_admission.py": USERS,
    "test_sites.py": SLOW,
    # Real speech, from native servers.
    "test_speech_over_http": None,
    "test_speech_over_wyoming": None,
    "test_doors_files.py": "is about what POSIX has in the place of files",
    "test_descriptors.py": DESCRIPTORS,
    "test_captions_browser.py": "is for make browser",
    # What of pictures is run here: test_videos.py.
    "test_picture.py": ALONE,
    "test_picture_board.py": PAINTER,
    "test_picture_matroska.py": ALONE,
    "test_picture_outputs.py": OLD_FFMPEG + ": the mark of BT.709",
    "test_picture_robust.py": PAINTER,
    # It is killed by what Linux calls it.
    "test_a_killed_ledger": None,
    "test_a_ledger_that_hangs": None,
    "test_a_history_that_is_lost": None,
    # Where its ledger is not open in time, ids and order are others.
    "test_durable_kills.py": SLOW,
    "test_who_asked": PIDS,
    # Wine's own: test_ledger_exe.py.
    "test_the_first": PERMISSIONS,
    "test_a_folder_open_to_others": PERMISSIONS,
    "test_owned_by_another": PERMISSIONS,
    "test_a_fifo_for_a_folder": FIFOS,
    "test_a_fifo_for_a_file": FIFOS,
    "test_a_link_for_a_file": LINKS,
    "test_a_state_directory_of_no_use[be_a_fifo]": FIFOS,
    "test_a_state_directory_of_no_use[be_a_link_to_nothing]": LINKS,
    "test_a_state_directory_of_no_use[be_a_folder_with_a_link]": LINKS,
    "test_a_state_directory_of_no_use[be_anothers_link]": LINKS,
    "test_a_state_directory_on_a_disk_that_is_read_only": PERMISSIONS,
    "test_a_state_directory_that_may_not_be_made": PERMISSIONS,
    "test_of_a_ttsd_that_lives": PIDS,
    "test_of_nobody": PIDS,
    "test_an_owner_that_cannot_be_written": PIDS,
    # Words that are shown: test_supervisor_exe.py.
    "test_variants_with_captions": OLD_FFMPEG,
    "test_ear.py": ALONE,
    "test_power_cut.py": "cuts what is written by a library of Linux's",
    "test_state_dir.py": "mounts disks of Linux",
    "test_upgrade.py": UPGRADE,
    "test_reload.py": UPGRADE,
    "test_gateway_reload.py": UPGRADE,
    "test_upgrade_outputs.py": UPGRADE,
    "test_upgraded_on_air": UPGRADE,
    "test_ways.py": "is of Linux's programs",
    # A slow start of ffmpeg.exe is no other sound, nor a receipt in time.
    "test_a_slate_is_a_failure": SLOW,
    "test_a_probe_url_that_gives_something_else": SLOW,
    "test_eight_channels_are_heard": SLOW,
    "test_presenter.py": ALONE,
    "test_receipts.py": "is untried; of connections Windows tells nothing",
    "test_painter.py": PAINTER,
    "test_painter_image.py": PAINTER,
    "test_painter_signs.py": PAINTER,
    "test_a_clock_over_it": PAINTER,
    "test_an_image_is_replaced[webp]": "its white is 232 there, not 235",
    "test_a_camera_that_stands_still": SIGNALS,
    "test_a_camera_without_a_picture": NUMBERS,
    "test_a_password_is_seen_by_its_camera_alone": OLD_FFMPEG,
    "test_a_picture_that_cannot_be_kept": SOCKETS,
    "test_engine_command.py": SCRIPT,
    "test_engine_espeak.py": ESPEAK,
    "test_ssml.py": ESPEAK,
    "test_language.py": ESPEAK,
    "test_ttsd_without_memory_answers_and_stays_on_air[64k]": LIMITS,
    "test_runtime_dir.py": USERS,
    "test_run.py": "make run is for Linux",
    "test_stream_script.py": "ttsd-stream is a shell script",
    "test_one_screen[ttsd-stream]": "ttsd-stream is a shell script",
    "test_a_shell[in_bash]": "completion is for shells of Linux",
    "test_a_shell[in_zsh]": "completion is for shells of Linux",
    "test_a_shell[in_fish]": "completion is for shells of Linux",
    "test_system.py": PIDS,
    "test_one_shot_from_a_shell": SOCKETS,
    "test_one_shot_without_a_newline": SOCKETS,
    "test_what_word_processors_leave": ESPEAK,
    "test_right_names_are_good": ESPEAK + ", nor cat",
    "test_poison_harms_nobody_else": ESPEAK,
    "test_events_of_an_announcement": ESPEAK,
    "test_subscription_filters": ESPEAK,
    "test_set_changes_what_follows": ESPEAK,
    "test_voices_and_engines": ESPEAK,
    "test_second_daemon_on_the_same_sockets": SOCKETS,
    "test_many_daemons_at_once_leave_one": SOCKETS,
    "test_sockets_are_private": SOCKETS,
    "test_another_file_in_place_of_a_socket_is_left_alone": SOCKETS,
    "test_socket_path_too_long": SOCKETS,
    "test_runtime_directory_that_cannot_be_used": SOCKETS,
    "test_runtime_directory_that_cannot_be_written": SOCKETS,
    "test_full_table_of_descriptors": DESCRIPTORS,
    "test_worker_without_descriptors_is_tried_again": DESCRIPTORS,
    "test_standard_error_that_nobody_reads": DESCRIPTORS,
    "test_clip_formats[flac-options0-0]": CODECS,
    "test_clip_formats[ogg-options6-0.2]": CODECS,
    "test_clip_formats[opus-options7-0.2]": CODECS,
    "test_clip_formats[mp3-options8-0.2]": CODECS,
    "test_clip_no_file": "links and devices of Linux",
    "test_http_mp3": CODECS,
    "test_wyoming_other_sound_in_chunks[noid3.mp3-None]": CODECS,
    "test_http_compressed[gzip]": "libcurl is built without zlib",
    "test_https": "the TLS of Wine trusts every server",
    "test_wyoming_describe_ends_with_our_reader": GONE,
    "test_reader_gone_while_idle": GONE,
    "test_document_c_example_is_an_engine": "compiles it for Linux",
    "test_tone_dies[one crash two--9]": SIGNALS,
    "test_tone_crash_once": SIGNALS,
    "test_tone_hang": SIGNALS,
    "test_command_with_an_odd_byte": SCRIPT,
    "test_command_that_never_ends_can_be_skipped": SCRIPT,
    "test_ssml_with_marks": ESPEAK,
    "test_parts_and_pauses_to_the_sample": SLOW,
    "test_words_lie_where_the_events_say": SLOW,
    "test_prebuffer_bridges_a_stall": SLOW,
    "test_engine_that_floods_its_log": SLOW,
    "test_the_plan_of_a_sentence": ESPEAK,
    "test_flite_as_a_command": SCRIPT,
    "test_commands_that_fail": SCRIPT,
    "test_srt_passphrase_is_used_and_never_told": OLD_FFMPEG,
    "test_transport_stream_arrives[aac-srt]": OLD_FFMPEG,
    "test_transport_stream_arrives[aac-rist]": OLD_FFMPEG,
    "test_transport_stream_arrives[opus-srt]": OLD_FFMPEG,
    "test_transport_stream_arrives[opus-rist]": OLD_FFMPEG,
    "test_transport_stream_arrives[mp3-srt]": OLD_FFMPEG,
    "test_transport_stream_arrives[mp3-rist]": OLD_FFMPEG,
    "test_an_absent_server_is_waited_for": NUMBERS,
    "test_a_port_that_is_taken": NUMBERS,
    "test_secrets_stay_secret": NUMBERS,
    "test_it_serves_no_outputs_as_well": SOCKETS,
    "test_an_ffmpeg_that_is_no_program": "a file needs no leave to be run",
    "test_500_subscribers": SLOW,
    "test_10000_requests_while_the_stream_keeps_its_pace": SLOW,
    "test_delay": SLOW,
    "test_hls_goes_on_where_it_ended": OLD_FFMPEG,
    "test_srt_waits_for_a_player": OLD_FFMPEG,
    "test_srt_on_a_port_that_is_taken": OLD_FFMPEG,
    # It has no names of variants.
    "test_no_segment_is_left_behind[64k 32k]": OLD_FFMPEG,
    # Its segments have other names than those that are watched to grow.
    "test_a_full_disk[live.mpd]": OLD_FFMPEG,
    "test_dash_checks_too": OLD_FFMPEG,
    "test_rtp_reaches_a_group": "Wine sends to no group on loopback",
    "test_usage_errors[args21]": UNICODE,
    "test_a_text_that_is_none": UNICODE,
    "test_what_goes_on_without_it": SIGNALS,
    "test_ttsctl_history.py": SOCKETS,
    "test_what_the_pages_show_is_good[README.md]": ESPEAK,
    "test_a_password[right-running]":
        OLD_FFMPEG + ": a PUT that goes on after a 401",
    "test_torture.py": SCRIPT,
    "test_no_daemon": SOCKETS,
    "test_places_where_a_daemon_may_be": SOCKETS,
    "test_listen_to_a_socket_elsewhere": SOCKETS,
    "test_reader_that_ends_its_sending_side_goes_on": SOCKETS,
    "test_no_worker_outlives_a_killed_ttsd": SCRIPT,
    "test_say_takes_every_option": ESPEAK,
    "test_tables": ESPEAK,
    "test_set": ESPEAK,
    "test_colour_only_on_a_terminal": "Wine draws its console by itself",
    "test_events": SIGNALS,
    "test_events_when_the_reader_leaves": NO_READER,
    "test_listen": NO_READER,
    "test_rtmp_push_arrives": PIDS,
    "test_a_file_that_others_can_read": PERMISSIONS,
    "test_datagrams_are_encrypted": OLD_FFMPEG,
    "test_fails_over_and_comes_back": NUMBERS,
    "test_url_command_is_asked_at_each_start": SCRIPT,
    "test_a_url_command_that_fails": SCRIPT,
    "test_stop_ends_a_url_command": SCRIPT,
    "test_a_clients_file_name_cannot_forge_keys":
        "its file has a name that Windows forbids",
    "test_files_of_a_group": "its folder has a name that Windows forbids",
    "test_hls_at_several_bit_rates": OLD_FFMPEG,
    "test_one_that_goes_its_own_way_is_not_sent_twice": PIDS,
    "test_watch.py": "Wine draws its console by itself",
    "test_top.py": "Wine draws its console by itself",
    "test_progress.py": "Wine draws its console by itself",
    "test_secrets.py": PROC,
    "test_an_engine_has_its_own_key_alone": PROC,
    "test_a_local_socket_has_no_name": SOCKETS,
    "test_the_socket_is_private_and_goes_with_its_owner": SOCKETS,
    "test_another_file_in_its_place_is_left_alone": SOCKETS,
    "test_two_scrapers_of_one_socket": SOCKETS,
    "test_flood_and_slow_clients_leave_the_pace": SLOW,
    "test_off_by_default": PROC,
    "test_health.py": PIDS,
    # The gateway.
    "test_tls": "libmicrohttpd is built without TLS",
    "test_it_is_small": PROC,
    "test_addresses": SOCKETS,
    "test_ten_thousand_connections": DESCRIPTORS,
    "test_questions_that_wait": SIGNALS,
    "test_descriptors_that_are_all_taken": DESCRIPTORS,
    "test_many_different_questions": DESCRIPTORS,
    "test_one_host_is_named[True]": SOCKETS,
    "test_sound_without_an_encoder": SOCKETS,
    "test_a_broker_that_is_killed_and_comes_back": SIGNALS,
    "test_tls_and_a_password": "libmosquitto is built without TLS",
    "test_encoded": SOCKETS,
    "test_as_openais_clients_ask": ESPEAK,
    "test_events_and_words": ESPEAK,
    "test_what_is_refused[fields11-400-cannot read]": ESPEAK,
    "test_it_is_for_the_daemons_user_alone": PERMISSIONS,
    "test_files_that_cannot_be": FIFOS,
    "test_readiness_waits_for_it": FIFOS,
}


# What a scenario uses says enough, in its source or among its fixtures.
USES = {
    "script(": SCRIPT, "pretend": SCRIPT,
    "SIGHUP": SIGNALS, "os.kill(": PIDS, "v.pid(": PIDS,
    "daemon.exists(": PIDS,
    "hls_of(": SOCKETS, "Ffmpeg(": SOCKETS,
    "says_in_step(": BEEPS, "assert_in_step(": BEEPS,
    "FakeSource(": STAND_IN, "source.event(": STAND_IN,
    "fake_daemon(": SOCKETS, "fake(": SOCKETS, "AF_UNIX": SOCKETS,
    "espeak(": ESPEAK, "espeak": ESPEAK, "{}/m.sock": SOCKETS,
}


def reason(item):
    """Why a scenario is left out, or None."""
    if item.path.parent.name != "e2e":
        return None
    for key in (item.path.name, item.originalname, item.name):
        if key in LEFT_OUT:
            return LEFT_OUT[key]
    source = inspect.getsource(item.function)
    case = item.name.removeprefix(item.originalname)
    uses = (why for word, why in USES.items()
            if word in item.fixturenames or word in case
            or word[-1] in "(P" and word in source)
    return next(uses, None)
