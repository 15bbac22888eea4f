// SPDX-License-Identifier: Apache-2.0
// The reference: attaches to a TUN and counts packets in a loop of read(), one buffer, one packet a call.
// A process of several threads pays for each call what one of a single thread is spared (a counted reference to the open
// file, a cancellation point in libc), and every managed process has several: `threads` starts one that only sleeps.
//   reader CARD PACKETS SECONDS [threads]   not counted until it has read PACKETS; prints "ready", then
//   "PACKETS BYTES NANOSECONDS CPU-NANOSECONDS BEST", the last being nanoseconds a packet in the fastest stretch
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { PACKETS_BETWEEN_LOOKS_AT_THE_CLOCK = 256 };
static const double WARM_UP_SECONDS = 0.5;

static char buffer[65600];
static double best;

static int64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void *sleep_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

static int64_t count(int fd, double seconds, int64_t least, int64_t *packets, int64_t *bytes, int64_t *cpu)
{
    int64_t start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    int64_t start = now(CLOCK_MONOTONIC), end = start + (int64_t)(seconds * 1e9), time = start, before;
    *packets = *bytes = 0;
    best = 1e9;
    do {
        before = time;
        for (int i = 0; i < PACKETS_BETWEEN_LOOKS_AT_THE_CLOCK; i++) {
            ssize_t n = read(fd, buffer, sizeof buffer);
            if (n < 0) {
                perror("read");
                exit(1);
            }
            ++*packets;
            *bytes += n;
        }
        time = now(CLOCK_MONOTONIC);
        double each = (double)(time - before) / PACKETS_BETWEEN_LOOKS_AT_THE_CLOCK;
        if (each < best)
            best = each;
    } while (time < end || *packets < least);
    *cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
    return time - start;
}

int main(int argc, char **argv)
{
    if (argc < 4 || strlen(argv[1]) >= IFNAMSIZ) {
        fprintf(stderr, "usage: reader CARD PACKETS SECONDS [threads]\n");
        return 2;
    }

    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    strcpy(request.ifr_name, argv[1]);
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0) {
        perror("/dev/net/tun");
        return 1;
    }

    pthread_t idle;
    if (argc > 4 && pthread_create(&idle, NULL, sleep_for_ever, NULL) != 0) {
        fprintf(stderr, "no thread\n");
        return 1;
    }

    puts("ready");
    fflush(stdout);
    int64_t packets, bytes, cpu;
    count(fd, WARM_UP_SECONDS, atoll(argv[2]), &packets, &bytes, &cpu);
    int64_t elapsed = count(fd, atof(argv[3]), 0, &packets, &bytes, &cpu);
    printf("%lld %lld %lld %lld %.1f\n", (long long)packets, (long long)bytes, (long long)elapsed, (long long)cpu, best);
    return 0;
}
