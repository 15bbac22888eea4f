// SPDX-License-Identifier: Apache-2.0
// What io_uring would give: attaches to a TUN and counts packets as reader.c does, but keeps DEPTH reads of a registered
// file under way and takes them many at a time. See README.md.
//   uring CARD PACKETS SECONDS [threads]   prints what reader does
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

enum { DEPTH = 64, SLOT = 65600, ROUNDS_BETWEEN_LOOKS_AT_THE_CLOCK = 4 };
static const double WARM_UP_SECONDS = 0.5;

static char slots[DEPTH][SLOT];
static int ring;
static double best;
static struct io_uring_sqe *entries;
static unsigned *sq_tail, *sq_mask, *sq_array, *cq_head, *cq_tail, *cq_mask;
static struct io_uring_cqe *completions;

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

static void fail(const char *what)
{
    perror(what);
    exit(1);
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
}

static void submit(int slot)
{
    unsigned tail = *sq_tail, index = tail & *sq_mask;
    entries[index] = (struct io_uring_sqe){ .opcode = IORING_OP_READ, .flags = IOSQE_FIXED_FILE, .fd = 0,
        .addr = (uintptr_t)slots[slot], .len = SLOT, .off = (uint64_t)-1, .user_data = slot };
    sq_array[index] = index;
    __atomic_store_n(sq_tail, tail + 1, __ATOMIC_RELEASE);
}

// Hands in what is to be read and takes all that has been, at least one.
static void round_trip(unsigned *waiting, int64_t *packets, int64_t *bytes)
{
    int done = syscall(SYS_io_uring_enter, ring, *waiting, 1, IORING_ENTER_GETEVENTS, NULL, 0);
    if (done < 0)
        fail("io_uring_enter");
    *waiting -= done;
    unsigned head = *cq_head, tail = __atomic_load_n(cq_tail, __ATOMIC_ACQUIRE);
    for (; head != tail; head++) {
        struct io_uring_cqe *completion = &completions[head & *cq_mask];
        if (completion->res < 0) {
            fprintf(stderr, "read: %s\n", strerror(-completion->res));
            exit(1);
        }
        ++*packets;
        *bytes += completion->res;
        submit(completion->user_data);
        ++*waiting;
    }
    __atomic_store_n(cq_head, head, __ATOMIC_RELEASE);
}

static int64_t count(unsigned *waiting, double seconds, int64_t least, int64_t *packets, int64_t *bytes, int64_t *cpu)
{
    int64_t start_cpu = now(CLOCK_PROCESS_CPUTIME_ID);
    int64_t start = now(CLOCK_MONOTONIC), end = start + (int64_t)(seconds * 1e9), time = start, before, had;
    *packets = *bytes = 0;
    best = 1e9;
    do {
        before = time;
        had = *packets;
        for (int i = 0; i < ROUNDS_BETWEEN_LOOKS_AT_THE_CLOCK; i++)
            round_trip(waiting, packets, bytes);
        time = now(CLOCK_MONOTONIC);
        double each = (double)(time - before) / (*packets - had);
        if (each < best)
            best = each;
    } while (time < end || *packets < least);
    *cpu = now(CLOCK_PROCESS_CPUTIME_ID) - start_cpu;
    return time - start;
}

int main(int argc, char **argv)
{
    if (argc < 4 || strlen(argv[1]) >= IFNAMSIZ) {
        fprintf(stderr, "usage: uring CARD PACKETS SECONDS [threads]\n");
        return 2;
    }

    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI };
    strcpy(request.ifr_name, argv[1]);
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0)
        fail("/dev/net/tun");
    pthread_t idle;
    if (argc > 4 && pthread_create(&idle, NULL, sleep_for_ever, NULL) != 0) {
        fprintf(stderr, "no thread\n");
        return 1;
    }

    open_ring(fd);
    unsigned waiting = DEPTH;
    for (int i = 0; i < DEPTH; i++)
        submit(i);
    puts("ready");
    fflush(stdout);
    int64_t packets, bytes, cpu;
    count(&waiting, WARM_UP_SECONDS, atoll(argv[2]), &packets, &bytes, &cpu);
    int64_t elapsed = count(&waiting, atof(argv[3]), 0, &packets, &bytes, &cpu);
    printf("%lld %lld %lld %lld %.1f\n", (long long)packets, (long long)bytes, (long long)elapsed, (long long)cpu, best);
    return 0;
}
