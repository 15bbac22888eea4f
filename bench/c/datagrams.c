// SPDX-License-Identifier: Apache-2.0
// The reference for datagram sockets: sends or receives UDP as fast as it can, one datagram a call, or in the batches
// of bench/Tunbridge.Bench/DatagramSide.cs: messages of UDP_SEGMENT whose datagrams lie 2,048 bytes apart, UDP_GRO.
//   datagrams receive plain|batch SECONDS               prints "ready PORT", then "BYTES NANOSECONDS CPU-NANOSECONDS"
//   datagrams send plain|batch SECONDS PORT SIZE        prints the second line only
// Both go on until they are killed, so that the other's count is not disturbed.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { CALLS_BETWEEN_LOOKS_AT_THE_CLOCK = 16, MESSAGES = 4, SLOTS = 8, STRIDE = 2048, LARGEST = 65507, SEGMENTS = 64 };
static const double WARM_UP_SECONDS = 0.3;

static char slab[SLOTS * 65536 + MESSAGES * SEGMENTS * STRIDE];
static struct mmsghdr headers[SLOTS];
static struct iovec vectors[MESSAGES * SEGMENTS];
static char controls[SLOTS][128];
static struct sockaddr_in addresses[SLOTS];

static int64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static int64_t receive_one(int fd)
{
    ssize_t n = recv(fd, slab, 65536, 0);
    if (n < 0)
        fail("recv");
    return n;
}

static int64_t receive_batch(int fd)
{
    for (int i = 0; i < SLOTS; i++) {
        vectors[i] = (struct iovec){ slab + i * 65536, 65536 };
        headers[i].msg_hdr = (struct msghdr){ .msg_name = &addresses[i], .msg_namelen = sizeof addresses[i],
            .msg_iov = &vectors[i], .msg_iovlen = 1, .msg_control = controls[i], .msg_controllen = sizeof controls[i] };
    }
    int n = recvmmsg(fd, headers, SLOTS, MSG_WAITFORONE, NULL);
    if (n < 0)
        fail("recvmmsg");
    int64_t bytes = 0;
    for (int i = 0; i < n; i++)
        bytes += headers[i].msg_len;
    return bytes;
}

static int size;

static int64_t send_one(int fd)
{
    return send(fd, slab, size, 0) < 0 ? 0 : size;
}

static int each;

static void prepare_batch(void)
{
    each = LARGEST / size < SEGMENTS ? LARGEST / size : SEGMENTS;
    for (int m = 0; m < MESSAGES; m++) {
        struct msghdr *header = &headers[m].msg_hdr;
        header->msg_iov = &vectors[m * each];
        header->msg_iovlen = each;
        header->msg_control = controls[m];
        header->msg_controllen = CMSG_SPACE(sizeof(uint16_t));
        struct cmsghdr *control = CMSG_FIRSTHDR(header);
        control->cmsg_level = SOL_UDP;
        control->cmsg_type = UDP_SEGMENT;
        control->cmsg_len = CMSG_LEN(sizeof(uint16_t));
        *(uint16_t *)CMSG_DATA(control) = size;
    }
}

static int64_t send_batch(int fd)
{
    for (int i = 0; i < MESSAGES * each; i++)
        vectors[i] = (struct iovec){ slab + i * STRIDE, size };
    int sent = sendmmsg(fd, headers, MESSAGES, 0);
    int64_t bytes = 0;
    for (int i = 0; i < sent; i++)
        bytes += headers[i].msg_len;
    return bytes;
}

static void count(int fd, int64_t (*once)(int), double seconds, int64_t *bytes, int64_t *elapsed, int64_t *cpu)
{
    int64_t start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    int64_t start = now(CLOCK_MONOTONIC), end = start + (int64_t)(seconds * 1e9), time;
    *bytes = 0;
    do {
        for (int i = 0; i < CALLS_BETWEEN_LOOKS_AT_THE_CLOCK; i++)
            *bytes += once(fd);
        time = now(CLOCK_MONOTONIC);
    } while (time < end);
    *cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
    *elapsed = time - start;
}

int main(int argc, char **argv)
{
    int sending = argc == 6 && !strcmp(argv[1], "send");
    if (!sending && !(argc == 4 && !strcmp(argv[1], "receive"))) {
        fprintf(stderr, "usage: datagrams receive plain|batch SECONDS | send plain|batch SECONDS PORT SIZE\n");
        return 2;
    }

    // Never outlives the benchmark, however that ends.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int batch = !strcmp(argv[2], "batch"), buffer = 7 << 20, on = 1;
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof buffer);
    if (sending) {
        address.sin_port = htons(atoi(argv[4]));
        size = atoi(argv[5]);
        if (connect(fd, (struct sockaddr *)&address, sizeof address) < 0)
            fail("connect");
        if (batch)
            prepare_batch();
    } else {
        socklen_t length = sizeof address;
        if (bind(fd, (struct sockaddr *)&address, length) < 0 ||
            getsockname(fd, (struct sockaddr *)&address, &length) < 0)
            fail("bind");
        if (batch) {
            setsockopt(fd, SOL_UDP, UDP_GRO, &on, sizeof on);
            setsockopt(fd, SOL_IP, IP_PKTINFO, &on, sizeof on);
        }
        printf("ready %d\n", ntohs(address.sin_port));
        fflush(stdout);
    }

    // Memory never written is one page of zeros that never leaves the cache.
    memset(slab, 0x5a, sizeof slab);
    int64_t (*once)(int) = sending ? (batch ? send_batch : send_one) : (batch ? receive_batch : receive_one);
    int64_t bytes, elapsed, cpu;
    once(fd);
    count(fd, once, WARM_UP_SECONDS, &bytes, &elapsed, &cpu);
    count(fd, once, atof(argv[3]), &bytes, &elapsed, &cpu);
    printf("%lld %lld %lld\n", (long long)bytes, (long long)elapsed, (long long)cpu);
    fflush(stdout);
    for (;;)
        once(fd);
}
