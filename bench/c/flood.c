// SPDX-License-Identifier: Apache-2.0
// Floods a card: UDP datagrams to ADDRESS, port 9, of PAYLOAD bytes each, up to 64 in one sendto (UDP_SEGMENT), for as
// long as it lives. The sender of every run, whoever reads.
//   flood ADDRESS PAYLOAD
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <signal.h>
#include <sys/socket.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { LARGEST_SUPERPACKET = 60000, MOST_SEGMENTS = 64 };

static char buffer[LARGEST_SUPERPACKET];

int main(int argc, char **argv)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
    int payload = argc == 3 ? atoi(argv[2]) : 0;
    if (payload < 1 || payload > 1472 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1) {
        fprintf(stderr, "usage: flood ADDRESS PAYLOAD\n");
        return 2;
    }

    // Never outlives the benchmark, however that ends.
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (s < 0) {
        perror("socket");
        return 1;
    }

    int segments = LARGEST_SUPERPACKET / payload;
    if (segments > MOST_SEGMENTS)
        segments = MOST_SEGMENTS;
    if (setsockopt(s, IPPROTO_UDP, UDP_SEGMENT, &payload, sizeof payload) < 0) {
        perror("UDP_SEGMENT, one datagram a call instead");
        segments = 1;
    }

    memset(buffer, 0x5a, sizeof buffer);
    for (;;) {
        // ENOBUFS and the like mean that the card is behind: that is the aim.
        if (sendto(s, buffer, (size_t)segments * payload, 0, (struct sockaddr *)&to, sizeof to) < 0 && errno == EINVAL) {
            perror("sendto");
            return 1;
        }
    }
}
