// SPDX-License-Identifier: Apache-2.0
// The reference: attaches to a TUN and counts packets, one buffer, one packet a read; in one of two ways:
//   read   a loop of read()
//   uring  io_uring: DEPTH reads of a registered file under way, as many taken at a time as there are
// A process of several threads pays for each call what one of a single thread is spared (a counted reference to the open
// file, a cancellation point in libc), and every managed process has several: `threads` starts one that only sleeps.
//   reader CARD PACKETS SECONDS read|uring [threads]   not counted until it has read PACKETS; prints "ready", then
//   "PACKETS BYTES NANOSECONDS CPU-NANOSECONDS BEST", the last being nanoseconds a packet in the fastest stretch
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { LARGEST = 65600, PACKETS_BETWEEN_LOOKS_AT_THE_CLOCK = 256, DEPTH = 64 };
static const double WARM_UP_SECONDS = 0.5;

static char slots[DEPTH][LARGEST]; // read() uses the first one only
static int64_t packets, bytes;
static double best;

static int ring;
static unsigned to_submit;
static struct io_uring_sqe *entries;
static unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
static struct io_uring_cqe *completions;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static void submit(int slot)
{
    unsigned tail = *sq_tail, index = tail & *sq_mask;
    entries[index] = (struct io_uring_sqe){ .opcode = IORING_OP_READ, .flags = IOSQE_FIXED_FILE, .fd = 0,
        .addr = (uintptr_t)slots[slot], .len = LARGEST, .off = (uint64_t)-1, .user_data = slot };
    sq_array[index] = index;
    __atomic_store_n(sq_tail, tail + 1, __ATOMIC_RELEASE);
    to_submit++;
}

static void open_ring(int file)
{
    struct io_uring_params p = { .flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN };
    ring = syscall(SYS_io_uring_setup, DEPTH, &p);
    if (ring < 0)
        fail("io_uring_setup");
    char *sq = mmap(NULL, p.sq_off.array + p.sq_entries * sizeof(unsigned), PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_SQ_RING);
    char *cq = mmap(NULL, p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe), PROT_READ | PROT_WRITE,
        MAP_SHARED | MAP_POPULATE, ring, IORING_OFF_CQ_RING);
    entries = mmap(NULL, p.sq_entries * sizeof *entries, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring,
        IORING_OFF_SQES);
    if (sq == MAP_FAILED || cq == MAP_FAILED || entries == MAP_FAILED)
        fail("mmap");
    sq_tail = (unsigned *)(sq + p.sq_off.tail);
    sq_mask = (unsigned *)(sq + p.sq_off.ring_mask);
    sq_array = (unsigned *)(sq + p.sq_off.array);
    cq_head = (unsigned *)(cq + p.cq_off.head);
    cq_tail = (unsigned *)(cq + p.cq_off.tail);
    cq_mask = (unsigned *)(cq + p.cq_off.ring_mask);
    completions = (struct io_uring_cqe *)(cq + p.cq_off.cqes);
    if (syscall(SYS_io_uring_register, ring, IORING_REGISTER_FILES, &file, 1) < 0)
        fail("io_uring_register");
    for (int i = 0; i < DEPTH; i++)
        submit(i);
}

static void take_by_read(int fd)
{
    ssize_t n = read(fd, slots[0], LARGEST);
    if (n < 0)
        fail("read");
    packets++;
    bytes += n;
}

// Hands in what is to be read and takes all that has been, at least one.
static void take_by_ring(int fd)
{
    (void)fd;
    int done = syscall(SYS_io_uring_enter, ring, to_submit, 1, IORING_ENTER_GETEVENTS, NULL, 0);
    if (done < 0)
        fail("io_uring_enter");
    to_submit -= done;
    unsigned head = *cq_head, tail = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE);
    for (; head != tail; head++) {
        struct io_uring_cqe *completion = &completions[head & *cq_mask];
        if (completion->res < 0) {
            fprintf(stderr, "read: %s\n", strerror(-completion->res));
            exit(1);
        }
        packets++;
        bytes += completion->res;
        submit(completion->user_data);
    }
    __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
}

static int64_t now(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

static int64_t count(void (*take)(int), int fd, double seconds, int64_t least, int64_t *cpu)
{
    int64_t start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    int64_t start = now(CLOCK_MONOTONIC), end = start + (int64_t)(seconds * 1e9), time = start, before, had;
    packets = bytes = 0;
    best = 1e9;
    do {
        before = time;
        had = packets;
        while (packets < had + PACKETS_BETWEEN_LOOKS_AT_THE_CLOCK)
            take(fd);
        time = now(CLOCK_MONOTONIC);
        double each = (double)(time - before) / (packets - had);
        if (each < best)
            best = each;
    } while (time < end || packets < least);
    *cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
    return time - start;
}

static void *sleep_for_ever(void *unused)
{
    for (;;)
        pause();
    return unused;
}

int main(int argc, char **argv)
{
    int uring = argc > 4 && strcmp(argv[4], "uring") == 0;
    if (argc < 5 || strlen(argv[1]) >= IFNAMSIZ || (!uring && strcmp(argv[4], "read") != 0)) {
        fprintf(stderr, "usage: reader CARD PACKETS SECONDS read|uring [threads]\n");
        return 2;
    }

    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    strcpy(request.ifr_name, argv[1]);
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
        fail("/dev/net/tun");
    pthread_t idle;
    if (argc > 5 && pthread_create(&idle, NULL, sleep_for_ever, NULL) != 0) {
        fprintf(stderr, "no thread\n");
        return 1;
    }

    if (uring)
        open_ring(fd);
    void (*take)(int) = uring ? take_by_ring : take_by_read;
    puts("ready");
    fflush(stdout);
    int64_t cpu;
    count(take, fd, WARM_UP_SECONDS, atoll(argv[2]), &cpu);
    int64_t elapsed = count(take, fd, atof(argv[3]), 0, &cpu);
    printf("%lld %lld %lld %lld %.1f\n", (long long)packets, (long long)bytes, (long long)elapsed, (long long)cpu, best);
    return 0;
}
