// Which of the fast paths this CPU can take.
#pragma once

namespace visaged {

// Whether the files that are compiled for AVX2 or NEON may be called.
inline bool has_simd() {
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx2") != 0;
#elif defined(__aarch64__)
    return true;  // every aarch64 has NEON
#else
    return false;
#endif
}

}  // namespace visaged
