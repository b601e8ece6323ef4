// wide.h - the sets of instructions beyond portable C; only kernel.c asks for them.
#pragma once
#include "kernel/kernel.h"
#if defined __x86_64__
extern const Kernel kernel_avx2;
extern const Kernel kernel_avx512;
#endif
