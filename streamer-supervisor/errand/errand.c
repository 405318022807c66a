#include "streamer-supervisor/errand/errand.h"

#include <string.h>

#include "common/args/options.h"

enum { INSECURE, CA };

static const struct options_row rows[] = {
	[INSECURE] = { "insecure", 0, false },
	[CA] = { "ca", 0, true },
	{ NULL },
};

bool
errand_open(struct errand *e, int argc, char **argv)
{
	const char *value, *path = NULL;
	struct options o;
	int option;

	*e = (struct errand){ .ca_file = NULL };
	options_begin(&o, rows, argc, argv);
	while ((option = options_next(&o, &value)) != OPTIONS_END) {
		if (option == INSECURE)
			e->insecure = true;
		else if (option == CA)
			e->ca_file = value;
		else if (option == OPTIONS_WORD && path == NULL)
			path = value;
		else
			return false;
	}
	if (path)
		e->text = fopen(path, "r");
	return e->text != NULL;
}

bool
errand_line(struct errand *e, char out[ERRAND_LINE_BYTES])
{
	out[0] = '\0';
	if (fgets(out, ERRAND_LINE_BYTES, e->text) == NULL)
		return false;
	out[strcspn(out, "\r\n")] = '\0';
	return true;
}

void
errand_close(struct errand *e)
{
	if (e->text)
		fclose(e->text);
	e->text = NULL;
}

void
errand_tls(const struct errand *e, CURL *curl)
{
	if (e->ca_file)
		curl_easy_setopt(curl, CURLOPT_CAINFO, e->ca_file);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, e->insecure ? 0L : 1L);
	curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, e->insecure ? 0L : 2L);
}
