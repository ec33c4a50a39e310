// Which code does the work.
#pragma once

namespace visaged {

// Both give the same bits: `scalar` is the reference, `fastest` is chosen by what the CPU can do.
enum class Kernel { fastest, scalar };

}  // namespace visaged
