// The least a test program needs: CHECK counts and reports failures, `failures()` is what main returns.
#pragma once

#include <cstdio>
#include <stdexcept>

inline int& failures() {
    static int count = 0;
    return count;
}

#define CHECK(condition)                                                                 \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            std::fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            ++failures();                                                                \
        }                                                                                \
    } while (false)

template <typename Action>
bool rejects(Action action) {
    try {
        action();
    } catch (const std::invalid_argument&) {
        return true;
    }
    return false;
}
