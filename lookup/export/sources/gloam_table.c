/* See gloam_table.h. The layout of a block, the maps, the prefactors and the order of every sum are those of gloam's
 * tables/layout.py, tables/coordinates.py, tables/numerics/elementary.py and lookup/interpolation. */

#include "gloam_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__FAST_MATH__)
#error "compile without -ffast-math"
#endif

#define AXES 5
#define FORMAT 1u
#define ORDER 0x01020304u
#define ROUNDING (1.0 / 16777216.0) /* relative: what misses a bound by less is put on it */
#define EDGE 1e-9                   /* cells */

enum { SIZE, DIMENSIONS, COMPONENTS, COORDINATES, PREFACTOR, TRANSFORM, COEFFICIENTS, ERRORS, PARAMETERS };
enum { AXIS = 10, AXIS_FIELDS = 6, LOW = 0, INVERSE_STEP, CELLS, STRIDE, REGIONS, ERROR_STRIDE };
enum { BOUNDS = AXIS + AXIS_FIELDS * AXES, HEADER = BOUNDS + 2 * AXES };
enum { LOG, MASS, MASS_MEDIATOR, MOMENTUM, MOMENTUM_MEDIATOR, THREE_BODY, FLUX, FLUX_MEDIATOR, LINEAR, SEMIVISIBLE, ON_SHELL, OFF_SHELL };
enum { NO_PREFACTOR, MEDIATOR_RATE, MOMENTS, THREE_BODY_PREFACTOR, THRESHOLD };

typedef struct file_header {
    char magic[8];
    uint32_t order, format;
    uint64_t numbers, letters; /* of the block, and of the strings behind it */
    uint32_t checksum, spare;  /* CRC-32 of both */
} file_header;

struct gloam_table {
    double *block;
    char *strings; /* name, unit, text, name and unit of every input, name of every component */
    int64_t inputs, components;
    const char **texts;
};

static uint32_t crc32_of(const void *bytes, uint64_t size, uint32_t before)
{
    const unsigned char *at = bytes;
    uint32_t table[256], crc = ~before;
    for (uint32_t i = 0; i < 256; i++) {
        uint32_t value = i;
        for (int bit = 0; bit < 8; bit++) {
            value = value & 1u ? 0xEDB88320u ^ value >> 1 : value >> 1;
        }
        table[i] = value;
    }
    for (uint64_t i = 0; i < size; i++) {
        crc = table[(crc ^ at[i]) & 255u] ^ crc >> 8;
    }
    return ~crc;
}

/* Strings of the table; 0 if there are as many as its numbers say. */
static int understood(gloam_table *table, uint64_t letters)
{
    const double *block = table->block;
    table->inputs = (int64_t)block[DIMENSIONS];
    table->components = (int64_t)block[COMPONENTS];
    const int64_t count = 3 + 2 * table->inputs + table->components;
    table->texts = malloc(sizeof *table->texts * (size_t)count);
    if (table->texts == NULL || letters == 0 || table->strings[letters - 1] != '\0') {
        return -1;
    }
    int64_t found = 0;
    for (uint64_t at = 0; at < letters && found < count; at += strlen(table->strings + at) + 1) {
        table->texts[found++] = table->strings + at;
    }
    return found == count ? 0 : -1;
}

static int64_t filled(gloam_table *table, FILE *file)
{
    file_header head;
    if (fread(&head, sizeof head, 1, file) != 1 || memcmp(head.magic, "GLOAMTB", 8) != 0 || head.order != ORDER ||
        head.format != FORMAT) {
        return GLOAM_TABLE_NOT_ONE;
    }
    if (head.numbers < HEADER || head.numbers > SIZE_MAX / 16 || head.letters > SIZE_MAX / 16) {
        return GLOAM_TABLE_ALTERED;
    }
    table->block = malloc(8 * (size_t)head.numbers);
    table->strings = malloc((size_t)head.letters + 1);
    if (table->block == NULL || table->strings == NULL) {
        return GLOAM_TABLE_CANNOT_OPEN;
    }
    if (fread(table->block, 8, (size_t)head.numbers, file) != head.numbers ||
        fread(table->strings, 1, (size_t)head.letters, file) != head.letters || fgetc(file) != EOF ||
        crc32_of(table->strings, head.letters, crc32_of(table->block, 8 * head.numbers, 0)) != head.checksum ||
        understood(table, head.letters) != 0) {
        return GLOAM_TABLE_ALTERED;
    }
    return 0;
}

int64_t gloam_table_open(const char *path, const gloam_table **table)
{
    gloam_table *made = calloc(1, sizeof *made);
    FILE *file = made == NULL ? NULL : fopen(path, "rb");
    int64_t status = GLOAM_TABLE_CANNOT_OPEN;
    if (file != NULL) {
        status = filled(made, file);
        fclose(file);
    }
    if (status != 0) {
        gloam_table_close(made);
        made = NULL;
    }
    *table = made;
    return status;
}

void gloam_table_close(const gloam_table *table)
{
    if (table != NULL) {
        free(table->block);
        free(table->strings);
        free((void *)(uintptr_t)table->texts);
        free((void *)(uintptr_t)table);
    }
}

static double from_bits(uint64_t bits)
{
    double number;
    memcpy(&number, &bits, sizeof number);
    return number;
}

static uint64_t bits_of(double number)
{
    uint64_t bits;
    memcpy(&bits, &number, sizeof bits);
    return bits;
}

/* Sum of terms[k] x^k in Estrin's order; `terms` is used up. */
static double series(double x, double *terms, int count)
{
    for (double power = x; count > 1; power = power * power) {
        for (int i = 0; i < count / 2; i++) {
            terms[i] = fma(terms[2 * i + 1], power, terms[2 * i]);
        }
        if (count % 2 != 0) {
            terms[count / 2] = terms[count - 1];
        }
        count = (count + 1) / 2;
    }
    return terms[0];
}

static const double ln2_high = 0x1.62e42fee00000p-1, ln2_low = 0x1.a39ef35793c76p-33, rounding = 0x1.8p52;

static double exponential(double x)
{
    double terms[12] = {1.0 / 2.0,      1.0 / 6.0,       1.0 / 24.0,       1.0 / 120.0,       1.0 / 720.0,        1.0 / 5040.0,
                        1.0 / 40320.0,  1.0 / 362880.0,  1.0 / 3628800.0,  1.0 / 39916800.0,  1.0 / 479001600.0,  1.0 / 6227020800.0};
    const double over_ln2 = 1.0 / 0x1.62e42fefa39efp-1;
    double clipped = x < -800.0 ? -800.0 : x;
    clipped = clipped > 800.0 ? 800.0 : clipped;
    const double shifted = fma(clipped, over_ln2, rounding), n = shifted - rounding;
    double r = fma(-n, ln2_high, clipped);
    r = fma(-n, ln2_low, r);
    double value = fma(r * r, series(r, terms, 12), r) + 1.0;
    const int64_t exponent = (int64_t)(bits_of(shifted) - bits_of(rounding));
    const int64_t half = exponent >= 0 ? exponent / 2 : -((1 - exponent) / 2), parts[2] = {half, exponent - half};
    for (int i = 0; i < 2; i++) {
        value = value * from_bits((uint64_t)(parts[i] + 1023) << 52);
    }
    return value;
}

static double logarithm(double x)
{
    double terms[11] = {2.0 / 3.0,  2.0 / 5.0,  2.0 / 7.0,  2.0 / 9.0,  2.0 / 11.0, 2.0 / 13.0,
                        2.0 / 15.0, 2.0 / 17.0, 2.0 / 19.0, 2.0 / 21.0, 2.0 / 23.0};
    if (!(x > 0.0) || isinf(x)) {
        return x == 0.0 ? -INFINITY : x < 0.0 ? NAN : x;
    }
    const uint64_t above = bits_of(x) - 0x3FE6A09E667F3BCDu;
    const int64_t exponent = (int64_t)(above >> 52) - (above >> 63 != 0 ? 4096 : 0);
    const double mantissa = from_bits(bits_of(x) - ((uint64_t)exponent << 52)), k = (double)exponent;
    const double s = (mantissa - 1.0) / (mantissa + 1.0), z = s * s;
    const double tail = fma(k, ln2_low, s * z * series(z, terms, 11));
    return fma(k, ln2_high, tail + s * 2.0);
}

static double mass_coordinate(double mass, double scale)
{
    return logarithm(mass) + mass / scale;
}

static void semivisible(const double *parameters, const double *x, double *box)
{
    const double scale = 5.0, unstable = parameters[0];
    const double low = mass_coordinate(parameters[1] / (x[2] * x[1]), scale), high = mass_coordinate(parameters[2], scale);
    const double gap = 1.0 - x[1] * (unstable == 1.0 ? 2.0 + x[2] : 2.0 * (1.0 + x[2]));
    box[0] = (mass_coordinate(x[0], scale) - low) / (high - low);
    box[1] = gap > 0.0 ? -atanh(0.85 * sqrt(gap)) : -gap;
    box[2] = log(x[2]);
}

/* Mediator's mass between 5 MeV and N on shell, between N and 2 GeV off shell; -1 on the other side of N. */
static double shell(int on, double mass, double mediator)
{
    const double lightest = 0.005, heaviest = 2.0;
    if (on) {
        const double share = logarithm(mediator / lightest) / logarithm(mass / lightest);
        return share <= 1.0 ? 1.0 - sqrt(1.0 - share) : -1.0;
    }
    const double share = logarithm(mediator / mass) / logarithm(heaviest / mass);
    return share >= 0.0 ? sqrt(share) : -1.0;
}

static void to_box(int name, const double *parameters, const double *x, int dimensions, double *box)
{
    if (name == LOG || name == LINEAR) {
        for (int i = 0; i < dimensions; i++) {
            box[i] = name == LOG ? logarithm(x[i]) : x[i];
        }
    } else if (name == SEMIVISIBLE) {
        semivisible(parameters, x, box);
    } else if (name == ON_SHELL || name == OFF_SHELL) {
        box[0] = mass_coordinate(x[0], 0.15);
        box[1] = shell(name == ON_SHELL, x[0], x[1]);
    } else if (name == THREE_BODY) {
        const double pair = 2.0 * parameters[0];
        const double above = (x[0] - pair) * (x[0] + pair), gap = (x[1] - x[0]) * (x[1] + x[0]);
        box[0] = logarithm(x[0] / pair);
        box[1] = gap > 0.0 && above >= 0.0 ? log1p(above / gap) : NAN;
    } else {
        if (name == MOMENTUM || name == MOMENTUM_MEDIATOR) {
            const double u = x[0] / 0.04;
            box[0] = logarithm(u + sqrt(1.0 + u * u));
        } else {
            box[0] = mass_coordinate(x[0], name == FLUX || name == FLUX_MEDIATOR ? 0.07 : 0.15);
        }
        if (name == MASS_MEDIATOR || name == MOMENTUM_MEDIATOR || name == FLUX_MEDIATOR) {
            box[1] = logarithm(x[1]);
        }
    }
}

static double prefactor(int name, const double *parameters, const double *x)
{
    if (name == MEDIATOR_RATE) {
        const double m2 = x[1] * x[1], ratio = x[0] * x[0] / 1.6;
        return 1.0 / ((m2 + ratio * ratio + 1e-6) * (m2 + 0.03));
    }
    const double pair = 2.0 * parameters[0];
    const double velocity2 = (x[0] - pair) * (x[0] + pair) / (x[0] * x[0]);
    double value = pow(velocity2, 0.5 * parameters[1]);
    if (name == THREE_BODY_PREFACTOR) {
        const double squared = (x[1] - pair) * (x[1] + pair) / (x[1] * x[1]);
        value /= squared * squared;
    }
    return value;
}

/* The four weights of a uniform cubic B-spline at the fraction t of a cell. */
static void weights_at(double t, double *weights)
{
    static const double powers[4][4] = {{1.0 / 6.0, 4.0 / 6.0, 1.0 / 6.0, 0.0},
                                        {-0.5, 0.0, 0.5, 0.0},
                                        {0.5, -1.0, 0.5, 0.0},
                                        {-1.0 / 6.0, 0.5, -0.5, 1.0 / 6.0}};
    for (int j = 0; j < 4; j++) {
        weights[j] = fma(fma(fma(powers[3][j], t, powers[2][j]), t, powers[1][j]), t, powers[0][j]);
    }
}

/* Sum over the axes `axis` to `axes` - 1 of the coefficients from `at` on. The outer ones begin with 0, the last two do not. */
static double sum(const double *at, const int64_t *strides, double (*weights)[4], int axis, int axes)
{
    if (axis == axes) {
        return *at;
    }
    double inner[4];
    for (int i = 0; i < 4; i++) {
        inner[i] = sum(at + i * strides[axis], strides, weights, axis + 1, axes);
    }
    const double *w = weights[axis];
    if (axis >= axes - 2) {
        return fma(inner[3], w[3], fma(inner[2], w[2], fma(inner[0], w[0], inner[1] * w[1])));
    }
    return fma(inner[3], w[3], fma(inner[2], w[2], fma(inner[1], w[1], fma(inner[0], w[0], 0.0))));
}

/* Cell and fractions of x: 0, or 1 + i for an input outside. */
static int64_t located(const double *block, const double *x, double *fractions, int64_t *cells)
{
    double box[AXES];
    const int dimensions = (int)block[DIMENSIONS];
    for (int i = 0; i < dimensions; i++) {
        if (!(block[BOUNDS + 2 * i] <= x[i] && x[i] <= block[BOUNDS + 2 * i + 1])) {
            return 1 + i;
        }
    }
    to_box((int)block[COORDINATES], block + (int64_t)block[PARAMETERS], x, dimensions, box);
    for (int i = 0; i < dimensions; i++) {
        const double *axis = block + AXIS + AXIS_FIELDS * i, count = axis[CELLS];
        const double position = (box[i] - axis[LOW]) * axis[INVERSE_STEP];
        if (!(-EDGE <= position && position <= count + EDGE)) {
            return 1 + i;
        }
        const double inside = position > 0.0 ? position : 0.0;
        cells[i] = (int64_t)(inside < count - 1.0 ? inside : count - 1.0);
        fractions[i] = position - (double)cells[i];
    }
    return 0;
}

/* Whether x misses bounds by rounding only; `moved` is then x on them. */
static int put_on_bounds(const double *block, const double *x, double *moved)
{
    int needed = 0;
    for (int i = 0; i < (int)block[DIMENSIONS]; i++) {
        const double low = block[BOUNDS + 2 * i], high = block[BOUNDS + 2 * i + 1];
        moved[i] = x[i];
        if (x[i] < low && low - x[i] <= ROUNDING * fabs(low)) {
            moved[i] = low;
            needed = 1;
        } else if (x[i] > high && x[i] - high <= ROUNDING * fabs(high)) {
            moved[i] = high;
            needed = 1;
        }
        if (!(low <= moved[i] && moved[i] <= high)) {
            return 0;
        }
    }
    return needed;
}

/* Spline values of all components in a cell. */
static void contracted(const double *block, const double *fractions, const int64_t *cells, double *values)
{
    double weights[AXES][4];
    int64_t strides[AXES];
    const int dimensions = (int)block[DIMENSIONS], components = (int)block[COMPONENTS];
    const double *at = block + (int64_t)block[COEFFICIENTS];
    for (int i = 0; i < dimensions; i++) {
        strides[i] = (int64_t)block[AXIS + AXIS_FIELDS * i + STRIDE];
        at += cells[i] * strides[i];
        weights_at(fractions[i], weights[i]);
    }
    if (components > 1) {
        for (int c = 0; c < components; c++) {
            values[c] = sum(at + c, strides, weights, 0, dimensions);
        }
        return;
    }
    double lanes[4];
    for (int i = 0; i < 4; i++) {
        lanes[i] = sum(at + i, strides, weights, 0, dimensions - 1) * weights[dimensions - 1][i];
    }
    values[0] = lanes[0] + lanes[1] + (lanes[2] + lanes[3]);
}

int64_t gloam_table_values(const gloam_table *table, const double *x, double *values, double *errors)
{
    const double *block = table->block;
    const int dimensions = (int)table->inputs, components = (int)table->components, factor = (int)block[PREFACTOR];
    double fractions[AXES], moved[AXES];
    int64_t cells[AXES], status = located(block, x, fractions, cells);
    if (status != 0 && put_on_bounds(block, x, moved)) {
        x = moved;
        status = located(block, x, fractions, cells);
    }
    if (status != 0) {
        for (int c = 0; c < components; c++) {
            values[c] = NAN;
            if (errors != NULL) {
                errors[c] = NAN;
            }
        }
        return status;
    }
    contracted(block, fractions, cells, values);
    const double scale = factor == NO_PREFACTOR ? 1.0 : prefactor(factor, block + (int64_t)block[PARAMETERS], x);
    int64_t region = (int64_t)block[ERRORS];
    for (int i = 0; i < dimensions; i++) {
        const double *axis = block + AXIS + AXIS_FIELDS * i;
        region += cells[i] * (int64_t)axis[REGIONS] / (int64_t)axis[CELLS] * (int64_t)axis[ERROR_STRIDE];
    }
    for (int c = 0; c < components; c++) {
        if (block[TRANSFORM] == 1.0) {
            values[c] = exponential(values[c]);
        }
        if (factor != NO_PREFACTOR) {
            values[c] *= scale;
        }
        if (errors != NULL) {
            errors[c] = block[region + c] * (block[TRANSFORM] == 1.0 ? fabs(values[c]) : 1.0);
        }
    }
    return 0;
}

int64_t gloam_table_inputs(const gloam_table *table)
{
    return table->inputs;
}

int64_t gloam_table_components(const gloam_table *table)
{
    return table->components;
}

const char *gloam_table_name(const gloam_table *table)
{
    return table->texts[0];
}

const char *gloam_table_unit(const gloam_table *table)
{
    return table->texts[1];
}

const char *gloam_table_text(const gloam_table *table)
{
    return table->texts[2];
}

const char *gloam_table_input_name(const gloam_table *table, int64_t i)
{
    return i >= 0 && i < table->inputs ? table->texts[3 + 2 * i] : NULL;
}

const char *gloam_table_input_unit(const gloam_table *table, int64_t i)
{
    return i >= 0 && i < table->inputs ? table->texts[4 + 2 * i] : NULL;
}

const char *gloam_table_component_name(const gloam_table *table, int64_t i)
{
    return i >= 0 && i < table->components ? table->texts[3 + 2 * table->inputs + i] : NULL;
}
