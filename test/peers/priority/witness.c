/*
 * What the machine did on one processor while the gateway ran on it, seen by programs as plain as can be.
 *
 *   witness PROCESSOR SECONDS FIRST_PORT LAST_PORT
 *
 *   tick NANOSECONDS            a loop of clock_nanosleep, 20 ms, SCHED_FIFO 1 as the voice worker: how late it woke
 *   stolen AT NANOSECONDS       a loop of 1 ms that comes before it (SCHED_FIFO 2) was kept from running from AT on
 *   packet AT PORT SEQUENCE     an RTP packet left the gateway from this UDP port
 *
 * Times are nanoseconds of CLOCK_REALTIME. Packets are stamped by the kernel as they enter the loopback device
 * (packet(7), SO_TIMESTAMPNS), so it does not matter when this program comes to read them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define NS 1000000000LL
#define STOLEN_FROM 500000LL
#define MOST_PACKETS 200000
#define MOST_STOLEN 100000

static int processor, seconds, first_port, last_port;
static int64_t *late, late_count, stolen[MOST_STOLEN][2], stolen_count, packets[MOST_PACKETS][3], packet_count;
static volatile int over;

static int64_t now(clockid_t clock) {
  struct timespec at;
  clock_gettime(clock, &at);
  return at.tv_sec * NS + at.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "witness: %s: %s\n", what, strerror(errno));
  exit(1);
}

/* Where real time is not permitted, it is not to the voice either: then the nice value counts. */
static void take_place(int realtime, int nice_value) {
  struct sched_param param = {.sched_priority = realtime};
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(processor, &set);
  if (sched_setaffinity(0, sizeof set, &set) != 0) fail("sched_setaffinity");
  if (setpriority(PRIO_PROCESS, (id_t)syscall(SYS_gettid), nice_value) != 0) fail("setpriority");
  if (sched_setscheduler(0, SCHED_FIFO, &param) != 0 && errno != EPERM) fail("sched_setscheduler");
}

static void sleep_until(int64_t deadline) {
  struct timespec at = {deadline / NS, deadline % NS};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == EINTR) {
  }
}

static void *tick(void *none) {
  take_place(1, -15);
  int64_t deadline = now(CLOCK_MONOTONIC) + 20000000;
  for (int64_t end = deadline + seconds * NS; deadline < end;) {
    sleep_until(deadline);
    int64_t lateness = now(CLOCK_MONOTONIC) - deadline;
    late[late_count++] = lateness;
    deadline += 20000000 * (1 + lateness / 20000000);
  }
  return none;
}

static void *watch(void *none) {
  take_place(2, -20);
  int64_t deadline = now(CLOCK_MONOTONIC) + 1000000;
  for (int64_t end = deadline + seconds * NS; deadline < end;) {
    sleep_until(deadline);
    int64_t lateness = now(CLOCK_MONOTONIC) - deadline;
    if (lateness > STOLEN_FROM && stolen_count < MOST_STOLEN) {
      stolen[stolen_count][0] = now(CLOCK_REALTIME) - lateness;
      stolen[stolen_count++][1] = lateness;
    }
    deadline += 1000000 * (1 + lateness / 1000000);
  }
  return none;
}

/* Only UDP from those ports is copied for us: the download must not be slowed down by being watched. */
static void attach_filter(int tap) {
  struct sock_filter steps[] = {
      BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 4),
      BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 20),
      BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, (unsigned)first_port, 0, 2),
      BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, (unsigned)last_port, 1, 0),
      BPF_STMT(BPF_RET | BPF_K, 64),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = {sizeof steps / sizeof *steps, steps};
  if (setsockopt(tap, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) fail("SO_ATTACH_FILTER");
}

static int open_tap(void) {
  int tap = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
  if (tap < 0) fail("socket");
  struct sockaddr_ll lo = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = (int)if_nametoindex("lo")};
  int on = 1, room = 16 * 1024 * 1024;
  struct timeval patience = {0, 100000};
  attach_filter(tap);
  if (bind(tap, (struct sockaddr *)&lo, sizeof lo) != 0) fail("bind");
  if (setsockopt(tap, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on) != 0) fail("SO_TIMESTAMPNS");
  if (setsockopt(tap, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0) fail("SO_RCVBUFFORCE");
  if (setsockopt(tap, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0) fail("SO_RCVTIMEO");
  return tap;
}

static void note(const uint8_t *ip, ssize_t length, int64_t at) {
  if (length < 40 || ip[0] != 0x45 || ip[9] != IPPROTO_UDP) return;
  int port = ip[20] << 8 | ip[21];
  if (port < first_port || port > last_port || port % 2 != 0 || packet_count == MOST_PACKETS) return;
  packets[packet_count][0] = at;
  packets[packet_count][1] = port;
  packets[packet_count++][2] = ip[30] << 8 | ip[31];
}

static void *listen_in(void *none) {
  int tap = open_tap();
  while (!over) {
    uint8_t octets[64];
    char space[256];
    struct sockaddr_ll from;
    struct iovec part = {octets, sizeof octets};
    struct msghdr message = {.msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = space, .msg_controllen = sizeof space};
    ssize_t length = recvmsg(tap, &message, 0);
    if (length < 0 || from.sll_pkttype != PACKET_HOST) continue;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c != NULL; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_TIMESTAMPNS) continue;
      struct timespec at;
      memcpy(&at, CMSG_DATA(c), sizeof at);
      note(octets, length, at.tv_sec * NS + at.tv_nsec);
    }
  }
  return none;
}

int main(int count, char **args) {
  if (count != 5) return 2;
  processor = atoi(args[1]);
  seconds = atoi(args[2]);
  first_port = atoi(args[3]);
  last_port = atoi(args[4]);
  late = calloc((size_t)seconds * 50 + 10, sizeof *late);
  pthread_t ticking, watching, listening;
  pthread_create(&listening, NULL, listen_in, NULL);
  pthread_create(&ticking, NULL, tick, NULL);
  pthread_create(&watching, NULL, watch, NULL);
  pthread_join(ticking, NULL);
  pthread_join(watching, NULL);
  over = 1;
  pthread_join(listening, NULL);
  for (int64_t n = 0; n < late_count; n++) printf("tick %lld\n", (long long)late[n]);
  for (int64_t n = 0; n < stolen_count; n++) printf("stolen %lld %lld\n", (long long)stolen[n][0], (long long)stolen[n][1]);
  for (int64_t n = 0; n < packet_count; n++)
    printf("packet %lld %lld %lld\n", (long long)packets[n][0], (long long)packets[n][1], (long long)packets[n][2]);
  return 0;
}
