#ifndef COMMON_VERSION_H
#define COMMON_VERSION_H

#define TTSD_VERSION "0.2.0"

#endif
