// Preloaded into a daemon: while the file named by SLOW_FSYNC is there, every fsync takes half a second longer;
// while the one named by HANGING_FSYNC is there, none returns.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <unistd.h>

int fsync(int descriptor) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    const char* flag = getenv("SLOW_FSYNC");
    if (flag && access(flag, F_OK) == 0)
        usleep(500000);
    const char* hanging = getenv("HANGING_FSYNC");
    while (hanging && access(hanging, F_OK) == 0)
        usleep(10000);
    return real(descriptor);
}
