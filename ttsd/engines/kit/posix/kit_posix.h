/* What the POSIX sides of kit_io.h and kit_process.h share. */
#ifndef TTSD_ENGINES_KIT_POSIX_KIT_POSIX_H
#define TTSD_ENGINES_KIT_POSIX_KIT_POSIX_H

/* The negative enum err that says what an errno says. */
int posix_error(int number);

/* The descriptors that frames come in and go out on, to be polled beside
 * others. */
int posix_input_fd(void);
int posix_output_fd(void);

/* In a forked child: be killed when `parent` ends, even by a crash (Linux;
 * elsewhere the end of file on standard input has to do). */
void posix_die_with(long parent);

#endif
