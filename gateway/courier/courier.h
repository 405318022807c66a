/*
 * What ttsd-gateway and its child program `courier` say to each other: JSON, a
 * line each. The courier carries messages between the gateway and a broker of
 * MQTT, and understands none of them.
 *
 * It is a program of its own, for libmosquitto waits: for DNS, and for a
 * connection. It may also die of what a broker sends; it is started again, and
 * the broker gives what was not acknowledged once more.
 *
 * The gateway says first the settings:
 *   {"host":"b","port":1883,"tls":false,"ca_file":"","tls_cert":"",
 *    "tls_key":"","version":5,"id":"ttsd-hall","user":"","password_file":"",
 *    "password_env":"","subscribe":["ttsd/hall/say"],
 *    "availability":"ttsd/hall/availability","mark":"ttsd/hall/told"}
 * and then
 *   {"want":true}              there shall be a connection, or not
 *   {"serve":true}             subscribe, and tell that we are there
 *   {"publish":TOPIC,"payload":TEXT,"qos":1,"retain":false,
 *    "number":N,               asks for `published`; 0 or none: does not
 *    "correlation":HEX}        of MQTT 5
 *   {"done":N}                 message N was dealt with: acknowledge it
 *   {"again":N}                it was not: lose the connection, so that the
 *                              broker gives it once more
 *
 * The courier says
 *   {"ready":true}             the settings are read
 *   {"up":true,"known":true}   it is connected; the broker knows us from before
 *                              (`known`), or not
 *   {"mark":TEXT}              what the broker has retained at that topic, if
 *                              anything: of `mark` alone it is asked for
 *   {"serving":true}           the broker knows what we subscribe to
 *   {"down":WHY}               it is not, or not any more
 *   {"message":N,"topic":TEXT,"payload":TEXT,"retain":false,"id":MID, and of
 *    MQTT 5, where it has such: "expiry_s":N,"key":TEXT,"response":TOPIC,
 *    "correlation":HEX}        one at a time: the next one comes when this one
 *                              is done. Instead of `payload`, `fault` says why
 *                              it cannot be read. MID: the packet's identifier,
 *                              0 where it is never given twice
 *   {"published":N,"why":TEXT} the broker has it, or (`why`) has refused it
 *   {"complaint":TEXT}         to be told to the operator
 */
#ifndef GATEWAY_COURIER_COURIER_H
#define GATEWAY_COURIER_COURIER_H

#include <stddef.h>

/* Bytes of a message's payload, and of a topic; what is longer is a fault. */
#define COURIER_PAYLOAD_MAX ((size_t)64 * 1024)
#define COURIER_TOPIC_MAX ((size_t)512)
#define COURIER_KEY_MAX ((size_t)128)
#define COURIER_CORRELATION_MAX ((size_t)256)
/* Bytes of a line, either way: a payload may be all escapes. */
#define COURIER_LINE_MAX ((size_t)1024 * 1024)
/* The user property of MQTT 5 that is a message's key. */
#define COURIER_KEY "key"

enum courier_exit {
	COURIER_ENDED = 0,
	COURIER_USAGE = 64,
	COURIER_FAILED = 69
};

#endif
