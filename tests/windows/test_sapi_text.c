/* What the sapi engine works out by itself, and its stream. */
#define COBJMACROS
#include "ttsd/engines/win32/sapi/sapi_text.h"

#include "tests/unit/test.h"
#include "ttsd/engines/win32/sapi/sapi_stream.h"

static void
test_rates(void **state)
{
	(void)state;
	assert_int_equal(sapi_rate(-1), 0);
	assert_int_equal(sapi_rate(180), 0);
	assert_int_equal(sapi_rate(540), 10);
	assert_int_equal(sapi_rate(60), -10);
	assert_int_equal(sapi_rate(1000), 10);
	assert_int_equal(sapi_rate(1), -10);
}

static void
test_positions(void **state)
{
	(void)state;
	assert_int_equal(sapi_characters(L"abc", 2), 2);
	/* A pair is one character; the end is the end. */
	assert_int_equal(sapi_characters(L"\xd83d\xde00x", 2), 1);
	assert_int_equal(sapi_characters(L"\xd83d\xde00x", 3), 2);
	assert_int_equal(sapi_characters(L"ab", 99), 2);
}

static void
test_languages(void **state)
{
	(void)state;
	assert_int_equal(sapi_language(L"409;9"), 0x409);
	assert_int_equal(sapi_language(L"407"), 0x407);
	assert_int_equal(sapi_language(L""), 0);
}

static DWORD WINAPI
write_much(void *arg)
{
	static const char zeros[100 * 1024];

	IStream_Write((IStream *)arg, zeros, sizeof(zeros), NULL);
	return 0;
}

/* The writer waits for the reader, whole samples come out, and after a
 * discard nobody waits. */
static void
test_stream(void **state)
{
	IStream *s = sapi_stream_new();
	HANDLE writer = CreateThread(NULL, 0, write_much, s, 0, NULL);
	char data[5001];
	size_t n, sum = 0;

	(void)state;
	while (sum < 100 * 1024) {
		WaitForSingleObject(sapi_stream_event(s), INFINITE);
		n = sapi_stream_take(s, data, sizeof(data));
		assert_int_equal(n % 2, 0);
		sum += n;
	}
	assert_int_equal(sum, 100 * 1024);
	assert_int_equal(WaitForSingleObject(writer, 10000), WAIT_OBJECT_0);
	sapi_stream_discard(s);
	write_much(s);
	assert_int_equal(sapi_stream_take(s, data, sizeof(data)), 0);
	CloseHandle(writer);
	assert_int_equal(IStream_Release(s), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rates),
		cmocka_unit_test(test_positions),
		cmocka_unit_test(test_languages),
		cmocka_unit_test(test_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
