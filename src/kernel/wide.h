// wide.h - the sets of instructions beyond portable C; only kernel.c asks for them.
#pragma once
#include "kernel/kernel.h"
#if defined __x86_64__
extern const Kernel kernel_avx2;
extern const Kernel kernel_avx512;
extern const Kernel kernel_amx;
bool kernel_amx_allowed(void); // the system lets this process use the tiles, now that it has been asked
#endif
