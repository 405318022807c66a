/* No way to ask for a shorter time slice without privileges. */
#include "platform/platform.h"

void
clock_be_punctual(void)
{
}
