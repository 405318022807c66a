/* Any bytes as one request line: exactly one valid line answers it. */
#include "tests/fuzz/fuzz.h"

#include "common/err.h"
#include "tests/unit/sample_ops.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sample sample = { .open = true, .big = 100 };
	const struct control_api api = {
		.ops = sample_ops, .events = sample_events, .ctx = &sample
	};
	struct reply r = { .body = json_object() };
	char *line = exact_copy(data, size);
	struct outbox_sum sum = { 0 };
	struct session session;
	struct request req;
	struct buf out;
	const char *answer;
	size_t len;
	int rc;

	session_init(&session, &api, &sum);
	buf_init(&out, 1 << 20);
	rc = proto_parse(line, size, sample_ops, &req, &r);
	MUST(rc == (r.error ? ERR_INVALID : 0));
	if (rc == 0) {
		MUST(req.op != NULL);
		MUST(req.op->run(&sample, &session, req.body, &r) == OP_DONE);
	}
	MUST(proto_write_reply(&out, &req, &r) == 0);
	answer = (const char *)buf_data(&out);
	len = buf_len(&out);
	MUST(len > 0 && answer[len - 1] == '\n');
	MUST(sample_reply_valid(answer, len - 1));
	MUST(answer[0] == '{' || size == 0 || data[0] != '{');
	request_done(&req);
	json_decref(r.body);
	buf_done(&out);
	session_done(&session);
	free(line);
	return 0;
}
