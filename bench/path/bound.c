/*
 * The bound: what a relay that works once per 20 ms tick costs in C, with the same system calls and nothing else. Copies
 * each packet to the other socket of its pair, 12 octets of header rewritten by nobody.
 *
 *   bound SOCKETS FIRST-PORT FIRST-TARGET-PORT      socket s sends to FIRST-TARGET-PORT + 4 s
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { BATCH = 4, OCTETS = 1500 };

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  int count = atoi(argv[1]), *sockets = calloc(count, sizeof *sockets);
  struct sockaddr_in *to = calloc(count, sizeof *to), from[BATCH];
  static unsigned char packets[BATCH][OCTETS];
  for (int s = 0; s < count; s++) {
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]) + 2 * s)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    to[s] = at;
    to[s].sin_port = htons(atoi(argv[3]) + 4 * s);
    sockets[s] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    if (bind(sockets[s], (struct sockaddr *)&at, sizeof at) != 0) return perror("bind"), 1;
  }
  puts("ready");
  fflush(stdout);
  struct timespec due;
  clock_gettime(CLOCK_MONOTONIC, &due);
  for (;;) {
    due.tv_nsec += 20000000;
    if (due.tv_nsec >= 1000000000) due.tv_sec++, due.tv_nsec -= 1000000000;
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL);
    for (int s = 0; s < count; s++) {
      struct iovec places[BATCH];
      struct mmsghdr in[BATCH], out[BATCH];
      for (int n = 0; n < BATCH; n++) {
        places[n] = (struct iovec){packets[n], OCTETS};
        in[n] = (struct mmsghdr){{&from[n], sizeof from[n], &places[n], 1, NULL, 0, 0}, 0};
      }
      int got = recvmmsg(sockets[s], in, BATCH, MSG_DONTWAIT, NULL);
      for (int n = 0; n < got; n++) {
        places[n].iov_len = in[n].msg_len;
        out[n] = (struct mmsghdr){{&to[s ^ 1], sizeof *to, &places[n], 1, NULL, 0, 0}, 0};
      }
      if (got > 0) sendmmsg(sockets[s ^ 1], out, got, MSG_DONTWAIT);
    }
  }
}
