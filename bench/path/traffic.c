/*
 * Callers and listeners on loopback, for a relay between them: 2N sockets, the even ones call the odd ones. Each sends a
 * packet every 20 ms and writes down every one it receives.
 *
 *   traffic PAIRS FIRST-PORT WARM-SECONDS SECONDS spread|burst FRAMES OUT
 *
 * Prints "ready"; reads 2N lines "PORT PAYLOAD-TYPE" from standard input: where each socket sends. Prints "begin" and
 * "end CPU-US" around the measured seconds. FRAMES: 512 frames of 160 octets for even sockets, then as many for odd ones;
 * socket s sends frame (n + 37 s) mod 512 as its n-th. OUT: records of
 * (u32 socket, u32 arrival in us from begin, u16 sequence, u8 type, u8 0, 160 octets), little-endian.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { FRAMES = 512, OCTETS = 160, PACKET = 12 + OCTETS, PERIOD_NS = 20000000, TAIL_TICKS = 25 };

struct record {
  uint32_t socket, arrival;
  uint16_t sequence;
  uint8_t type, zero, payload[OCTETS];
};

static int64_t now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static void fail(const char *what) {
  fprintf(stderr, "traffic: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int open_socket(int port) {
  int s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
  int room = 1 << 20;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  if (s < 0 || bind(s, (struct sockaddr *)&at, sizeof at) != 0) fail("cannot bind");
  if (setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room) != 0)
    setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
  return s;
}

static struct record *records;
static size_t received, most;
static int64_t begin;

static void take(int epoll, const int *sockets) {
  struct epoll_event events[64];
  int ready;
  while ((ready = epoll_wait(epoll, events, 64, 0)) > 0)
    for (int e = 0; e < ready; e++) {
      uint8_t packet[2048];
      ssize_t length;
      while ((length = recv(sockets[events[e].data.u32], packet, sizeof packet, 0)) >= 0) {
        if (length != PACKET || received == most) continue;
        struct record *r = &records[received++];
        int64_t us = (now_ns() - begin) / 1000;
        *r = (struct record){.socket = events[e].data.u32, .arrival = us < 0 ? UINT32_MAX : (uint32_t)us};
        r->sequence = (uint16_t)(packet[2] << 8 | packet[3]);
        r->type = packet[1] & 0x7f;
        memcpy(r->payload, packet + 12, OCTETS);
      }
    }
}

int main(int argc, char **argv) {
  if (argc != 8) return fprintf(stderr, "traffic: seven arguments\n"), 2;
  int count = 2 * atoi(argv[1]), first = atoi(argv[2]);
  int warm = atoi(argv[3]) * 50, ticks = atoi(argv[4]) * 50, spread = strcmp(argv[5], "spread") == 0;
  static uint8_t frames[2][FRAMES][OCTETS];
  FILE *in = fopen(argv[6], "rb");
  if (in == NULL || fread(frames, sizeof frames, 1, in) != 1) fail(argv[6]);
  fclose(in);
  sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 5});
  int epoll = epoll_create1(0), *sockets = calloc(count, sizeof *sockets), *types = calloc(count, sizeof *types);
  struct sockaddr_in *to = calloc(count, sizeof *to);
  most = (size_t)count * (warm + ticks + TAIL_TICKS + 100);
  records = calloc(most, sizeof *records);
  memset(records, 1, most * sizeof *records);
  for (int s = 0; s < count; s++) {
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = s};
    sockets[s] = open_socket(first + 4 * s);
    epoll_ctl(epoll, EPOLL_CTL_ADD, sockets[s], &event);
  }
  puts("ready");
  fflush(stdout);
  for (int s = 0; s < count; s++) {
    int port;
    if (scanf("%d %d", &port, &types[s]) != 2) return fprintf(stderr, "traffic: no target for %d\n", s), 2;
    to[s] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  }
  int64_t start = now_ns() + PERIOD_NS;
  begin = start + (int64_t)warm * PERIOD_NS;
  for (int n = 0; n < warm + ticks + TAIL_TICKS; n++) {
    if (n == warm) puts("begin"), fflush(stdout);
    if (n == warm + ticks) {
      struct timespec cpu;
      clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
      printf("end %lld\n", cpu.tv_sec * 1000000LL + cpu.tv_nsec / 1000), fflush(stdout);
    }
    for (int s = 0; s < count; s++) {
      int64_t due = start + (int64_t)n * PERIOD_NS + (spread ? (int64_t)s * PERIOD_NS / count : 0);
      struct timespec until = {due / 1000000000LL, due % 1000000000LL};
      if (spread || s == 0) clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
      uint32_t timestamp = (uint32_t)n * OCTETS, source = 0x1000u + s;
      uint8_t packet[PACKET] = {0x80, (uint8_t)types[s], (uint8_t)(n >> 8), (uint8_t)n, timestamp >> 24, timestamp >> 16,
                                timestamp >> 8, timestamp, source >> 24, source >> 16, source >> 8, source};
      memcpy(packet + 12, frames[s & 1][(n + 37 * s) % FRAMES], OCTETS);
      sendto(sockets[s], packet, sizeof packet, 0, (struct sockaddr *)&to[s], sizeof to[s]);
      if (s % 8 == 7 || s == count - 1) take(epoll, sockets);
    }
  }
  FILE *out = fopen(argv[7], "wb");
  if (out == NULL || fwrite(records, sizeof *records, received, out) != received || fclose(out) != 0) fail(argv[7]);
  return 0;
}
