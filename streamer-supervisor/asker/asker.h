/*
 * A program that asks an HTTP server whether it would take a file by PUT:
 *
 *   asker [--insecure] [--ca FILE] TEXT
 *
 * TEXT is a file of one or two lines: the URL, and a header to send along. It
 * sends the head of a request as ffmpeg does, and no body, so that nothing is
 * written: "Expect: 100-continue" has a server say no before it takes the body.
 * ffmpeg itself looks at no answer to what it puts.
 *
 * Where the server says no, one line on standard output has its status.
 */
#ifndef STREAMER_SUPERVISOR_ASKER_ASKER_H
#define STREAMER_SUPERVISOR_ASKER_ASKER_H

/* Exit statuses. What cannot be found out is no objection: neither is a server
 * that does not answer in time, for one that knows no "Expect" waits for the
 * body. */
enum asker_exit {
	ASKER_NO_OBJECTION = 0,
	ASKER_REFUSED = 3, /* somebody has to do something */
	ASKER_FAILED = 4,  /* it may be better after a while */
	ASKER_USAGE = 64
};

#endif
