// SPDX-License-Identifier: Apache-2.0
// The reference: joins two TUNs with a thread each way that reads one packet and writes it, superpackets whole with their
// virtio header. Blocking calls, no counters, no care for anything that may happen to a card.
//   forward NAMESPACE CARD NAMESPACE CARD   a namespace is the path of its file; prints "ready", runs until killed
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { BUFFER_SIZE = 10 + 65600 };

static int cards[2];

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

// The driver's node belongs to the namespace it is opened in; afterwards the descriptor works anywhere.
static int attach(const char *space, const char *card)
{
    int ns = open(space, O_RDONLY | O_CLOEXEC);
    if (ns < 0 || setns(ns, CLONE_NEWNET) < 0)
        fail(space);
    close(ns);
    struct ifreq request = { .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR };
    strncpy(request.ifr_name, card, IFNAMSIZ - 1);
    int size = 10;
    int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, TUNSETIFF, &request) < 0 || ioctl(fd, TUNSETVNETHDRSZ, &size) < 0 ||
        ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6) < 0)
        fail(card);
    return fd;
}

static void *carry(void *way)
{
    int from = cards[way != NULL], to = cards[way == NULL];
    char *buffer = malloc(BUFFER_SIZE);
    for (;;) {
        ssize_t n = read(from, buffer, BUFFER_SIZE);
        if (n < 0)
            fail("read");
        if (write(to, buffer, n) < 0)
            perror("write");
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: forward NAMESPACE CARD NAMESPACE CARD\n");
        return 2;
    }

    cards[0] = attach(argv[1], argv[2]);
    cards[1] = attach(argv[3], argv[4]);
    pthread_t back;
    if (pthread_create(&back, NULL, carry, cards) != 0)
        fail("thread");
    puts("ready");
    fflush(stdout);
    carry(NULL);
}
