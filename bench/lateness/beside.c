/*
 * A plain loop of 20 ms, to be compared with: sleeps until an absolute deadline and notes how late it woke.
 *
 *   beside PHASE-US SECONDS FIFO NICE
 *
 * Deadlines are at PHASE-US modulo 20 ms of CLOCK_MONOTONIC. FIFO: priority of SCHED_FIFO, 0 for SCHED_OTHER with NICE.
 * Prints "set" when it has its place, and at the end one line a deadline: ns. A deadline that could not be held is skipped.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>

#define PERIOD 20000000LL

static int64_t now(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "beside: %s: %s\n", what, strerror(errno));
  exit(1);
}

int main(int count, char **args) {
  if (count != 5) return 2;
  int64_t phase = atoll(args[1]) * 1000, most = atoll(args[2]) * 50, noted = 0;
  struct sched_param param = {.sched_priority = atoi(args[3])};
  if (setpriority(PRIO_PROCESS, 0, atoi(args[4])) != 0) fail("setpriority");
  if (param.sched_priority > 0 && sched_setscheduler(0, SCHED_FIFO, &param) != 0) fail("sched_setscheduler");
  /* As the voice thread has it. */
  if (prctl(PR_SET_TIMERSLACK, 1) != 0) fail("prctl");
  int64_t *late = malloc(most * sizeof *late);
  memset(late, 1, most * sizeof *late);
  puts("set");
  fflush(stdout);
  int64_t deadline = (now() / PERIOD + 3) * PERIOD + phase;
  for (int64_t end = deadline + most * PERIOD; deadline < end && noted < most;) {
    struct timespec at = {deadline / 1000000000, deadline % 1000000000};
    while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
    }
    int64_t lateness = now() - deadline;
    late[noted++] = lateness;
    deadline += PERIOD * (1 + lateness / PERIOD);
  }
  for (int64_t n = 0; n < noted; n++) printf("%lld\n", (long long)late[n]);
  return 0;
}
