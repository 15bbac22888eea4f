// SPDX-License-Identifier: Apache-2.0
// The reference: seals one packet in place again and again with the same calls of OpenSSL as ours, the context keyed once.
//   seal CIPHER BYTES MILLISECONDS      CIPHER as `openssl list -cipher-algorithms`; prints "PACKETS CPU-NANOSECONDS"
// link: -lcrypto
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static int64_t cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int main(int count, char **words)
{
    static unsigned char packet[65536], key[32], nonce[12], associated[8], tag[16];
    if (count != 4)
        return 2;
    int bytes = atoi(words[2]), written;
    int64_t limit = atoll(words[3]) * 1000000, packets = 0, start, used;
    EVP_CIPHER *cipher = EVP_CIPHER_fetch(NULL, words[1], NULL);
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    if (cipher == NULL || bytes > (int)sizeof packet || EVP_CipherInit_ex(context, cipher, NULL, key, NULL, 1) != 1)
        return 1;
    start = cpu();
    do {
        for (int i = 0; i < 1000; i++) {
            memcpy(nonce, &packets, sizeof packets);
            EVP_CipherInit_ex(context, NULL, NULL, NULL, nonce, -1);
            EVP_CipherUpdate(context, NULL, &written, associated, sizeof associated);
            EVP_CipherUpdate(context, packet, &written, packet, bytes);
            EVP_CipherFinal_ex(context, tag, &written);
            EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, sizeof tag, tag);
            packets++;
        }
        used = cpu() - start;
    } while (used < limit);
    printf("%lld %lld\n", (long long)packets, (long long)used);
    return 0;
}
