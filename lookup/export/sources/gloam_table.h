/* Tables of gloam in portable C99: values with error bounds, to the bit those of Python's gloam.
 *
 * Compile gloam_table.c with -ffp-contract=off (fused products are written as fma(), others must stay apart), without -ffast-math;
 * -O3 and a processor with FMA (-march=x86-64-v3; any 64-bit ARM) make it fast. A table is never written after it is opened: any
 * number of threads may share it.
 */
#ifndef GLOAM_TABLE_H
#define GLOAM_TABLE_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gloam_table gloam_table;

enum {
    GLOAM_TABLE_CANNOT_OPEN = -1, /* no such file, it cannot be read, or no memory is left */
    GLOAM_TABLE_NOT_ONE = -2,     /* no table of gloam, of another byte order, or of another version of this source */
    GLOAM_TABLE_ALTERED = -3      /* its length or its CRC-32 is another */
};

/* 0 and a table, or a negative number and NULL. */
int64_t gloam_table_open(const char *path, const gloam_table **table);
void gloam_table_close(const gloam_table *table);

/* Values of all components at the inputs x, and unless it is NULL the bounds of their absolute errors from interpolation.
 * Returns 0, or 1 + i and NaN where input i (or the inputs together) is outside or not a number. */
int64_t gloam_table_values(const gloam_table *table, const double *x, double *values, double *errors);

int64_t gloam_table_inputs(const gloam_table *table);
int64_t gloam_table_components(const gloam_table *table);
const char *gloam_table_name(const gloam_table *table);
const char *gloam_table_unit(const gloam_table *table);
const char *gloam_table_input_name(const gloam_table *table, int64_t i); /* NULL for i out of range, as the next ones */
const char *gloam_table_input_unit(const gloam_table *table, int64_t i);
const char *gloam_table_component_name(const gloam_table *table, int64_t i);
const char *gloam_table_text(const gloam_table *table); /* JSON: label, version, digest, references */

#ifdef __cplusplus
}
#endif

#endif
