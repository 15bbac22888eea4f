// SPDX-License-Identifier: Apache-2.0
// The references for checksum and segment, one thread, no vectors written by hand.
//   offload word LENGTH MILLISECONDS     the loop of RFC 1071 section 4.1: 16 bits at a time
//   offload wide LENGTH MILLISECONDS     64 bits at a time, carries added back
//   offload segment SIZE MILLISECONDS    64 KiB of TCP over IPv4 cut in place, sums as in `wide`
// Prints nanoseconds of processor time for one block, or for one segment.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SUPERPACKETS = 4, HEADERS = 40, ROOM = 66000, CALLS_BETWEEN_LOOKS_AT_THE_CLOCK = 4096 };

static unsigned char data[SUPERPACKETS][ROOM];

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * 1e9 + t.tv_nsec;
}

static unsigned fold(uint64_t sum)
{
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffffffff) + (sum >> 32);
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (unsigned)((sum & 0xffff) + (sum >> 16));
}

static unsigned __attribute__((noinline)) word(const unsigned char *p, size_t length, uint64_t sum)
{
    for (; length > 1; length -= 2, p += 2) {
        uint16_t w;
        memcpy(&w, p, 2);
        sum += w;
    }
    return fold(sum + (length ? *p : 0));
}

static unsigned __attribute__((noinline)) wide(const unsigned char *p, size_t length, uint64_t sum)
{
    for (; length >= 8; length -= 8, p += 8) {
        uint64_t w;
        memcpy(&w, p, 8);
        sum += w;
        sum += sum < w;
    }
    uint64_t last = 0;
    memcpy(&last, p, length);
    sum += last;
    return fold(sum + (sum < last));
}

static void put16(unsigned char *p, unsigned value)
{
    p[0] = value >> 8;
    p[1] = value;
}

static unsigned swap(unsigned value) { return ((value & 0xff) << 8) | (value >> 8); }

// Headers in front of each slice of payload, over the end of the one before.
static unsigned cut(unsigned char *packet, size_t payload, size_t size)
{
    unsigned char headers[HEADERS];
    unsigned count = 0;
    memcpy(headers, packet, HEADERS);
    unsigned char end = headers[33] & 9;
    headers[33] &= ~9;
    uint32_t sequence = (uint32_t)headers[24] << 24 | headers[25] << 16 | headers[26] << 8 | headers[27];
    unsigned id = headers[4] << 8 | headers[5];
    memset(headers + 10, 0, 2);
    memset(headers + 36, 0, 2);
    unsigned addresses = wide(headers + 12, 8, swap(6));
    for (size_t at = 0; at < payload; at += size, count++) {
        size_t length = payload - at < size ? payload - at : size;
        unsigned char *p = packet + at;
        memcpy(p, headers, HEADERS);
        put16(p + 2, HEADERS + length);
        put16(p + 4, id + count);
        put16(p + 10, swap(~wide(p, 20, 0) & 0xffff));
        put16(p + 24, (sequence + at) >> 16);
        put16(p + 26, sequence + at);
        if (at + length == payload)
            p[33] |= end;
        put16(p + 36, swap(~wide(p + 20, 20 + length, addresses + swap(20 + length)) & 0xffff));
    }
    return count;
}

int main(int argc, char **argv)
{
    if (argc != 4)
        return 2;
    size_t length = strtoul(argv[2], 0, 10);
    double time;
    uint64_t blocks = 0;
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof data; i++)
        ((unsigned char *)data)[i] = (unsigned char)(i * 2654435761u >> 13);
    unsigned char headers[HEADERS];
    memcpy(headers, data[0], HEADERS);
    headers[0] = 0x45;
    headers[32] = 0x50;
    double start = now(), end = start + atof(argv[3]) * 1e6;
    do {
        for (int i = 0; i < (argv[1][0] == 's' ? 64 : CALLS_BETWEEN_LOOKS_AT_THE_CLOCK); i++) {
            if (argv[1][0] == 's') {
                unsigned char *packet = data[i % SUPERPACKETS];
                memcpy(packet, headers, HEADERS);
                blocks += cut(packet, 44 * length, length);
                sum += packet[36];
            } else {
                sum += argv[1][1] == 'o' ? word(data[0] + 16, length, 0) : wide(data[0] + 16, length, 0);
                blocks++;
            }
        }
        time = now();
    } while (time < end);
    printf("%.3f %u\n", (time - start) / blocks, sum);
    return 0;
}
