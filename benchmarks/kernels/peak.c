/* Multiply-adds that stay in registers: what the units could do with perfect feeding. Built by peaks.py. */
#include <stddef.h>

#define CHAINS 12 /* Latency 4 times at most 2 units, and to spare; the loop below unrolls completely. */

#if defined(__AVX512F__)
#define WIDTH 16
#elif defined(__AVX__)
#define WIDTH 8
#else
#define WIDTH 4
#endif
typedef float vector __attribute__((vector_size(4 * WIDTH)));

double multiply_adds(size_t count, float *sink) {
    vector sums[CHAINS], factor = {0}, term = {0};
    factor += 0.999f;
    term += 0.001f;
    for (int c = 0; c < CHAINS; c++) sums[c] = term * (float)c;
    for (size_t i = 0; i < count; i++) {
#pragma GCC unroll 12
        for (int c = 0; c < CHAINS; c++) sums[c] = sums[c] * factor + term;
    }
    for (int c = 0; c < CHAINS; c++) *sink += sums[c][0];
    return (double)count * CHAINS * WIDTH * 2;
}

double read_all(const float *values, size_t count, float *sink) {
    vector sums[8] = {{0}};
    for (size_t i = 0; i + 8 * WIDTH <= count; i += 8 * WIDTH) {
#pragma GCC unroll 8
        for (int c = 0; c < 8; c++) {
            vector part;
            __builtin_memcpy(&part, values + i + c * WIDTH, sizeof part);
            sums[c] += part;
        }
    }
    for (int c = 0; c < 8; c++) *sink += sums[c][0];
    return (double)count * sizeof *values;
}
