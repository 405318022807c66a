/* Is what was accepted kept? */
#include "ttsctl/doctor/checks/checks.h"
#include "ttsctl/table.h"

/* So many changes wait for a disk that is merely slow. */
#define WAITING_MANY 1000

void
judge_ledger(struct report *r, const json_t *status)
{
	const json_t *ledger = json_object_get(status, "ledger");
	json_int_t waiting =
	    json_integer_value(json_object_get(ledger, "waiting"));
	json_int_t restarts =
	    json_integer_value(json_object_get(ledger, "restarts"));

	if (!json_is_object(ledger)) {
		report_add(r, FOUND_FINE, "",
		    "there is none, as configured (durable = no)");
	} else if (!json_is_true(json_object_get(ledger, "keeps"))) {
		report_add(r, FOUND_ERROR, "",
		    "nothing that is accepted outlives ttsd: %s",
		    cell_text(ledger, "why"));
		report_remedy(r, "look at state_dir, its owner and its disk; "
				 "ttsd goes on by itself once that is well");
	} else if (waiting > WAITING_MANY || restarts > 0) {
		report_add(r, FOUND_WARNING, "",
		    "its disk keeps it waiting: changes %lld, restarts %lld",
		    (long long)waiting, (long long)restarts);
		report_remedy(r, "look at the disk of state_dir");
	} else {
		report_add(r, FOUND_FINE, "", "it keeps what is accepted");
	}
}

void
check_ledger(const struct patient *p, struct report *r)
{
	if (p->ttsd.reply)
		judge_ledger(r, p->ttsd.reply);
	else
		report_add(r, FOUND_UNSEEN, "",
		    "ttsd alone knows, and does not answer");
}
