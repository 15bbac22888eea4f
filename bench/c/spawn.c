// SPDX-License-Identifier: Apache-2.0
// Starts a program once, its output thrown away, and tells what it took. A small process of its own, because the
// kernel counts the memory of the one that starts a program as the program's.
//   spawn PROGRAM ARGUMENT...         prints "NANOSECONDS KIBIBYTES EXITCODE"
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: spawn PROGRAM ARGUMENT...\n");
        return 2;
    }

    int64_t start = now();
    pid_t pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_WRONLY);
        dup2(null, 1);
        execvp(argv[1], argv + 1);
        perror(argv[1]);
        _exit(127);
    }

    int status;
    struct rusage usage;
    if (pid < 0 || wait4(pid, &status, 0, &usage) != pid) {
        perror("spawn");
        return 1;
    }

    printf("%lld %ld %d\n", (long long)(now() - start), usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
    return 0;
}
