/* See gloam.h. The compiled models and searches come out of numba (kernels.h names them): int32_t f(result *, void **exception, ...),
 * not 0 for an exception. A data file holds what they read, and is mapped, not copied. */

#define _POSIX_C_SOURCE 200809L

#include "gloam.h"

#include <fcntl.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernels.h"

#define FORMAT 1u
#define ORDER 0x01020304u
#define LANES 8
#define STEPS 7          /* of a derivative, each SHRINK of the one before */
#define SHRINK 0.125
#define ROUNDING (8.0 * DBL_EPSILON)
#define OFFSETS 6
#define MARK '\1'        /* in a sentence: the next byte less 1 is the parameter to be written */
#define FEW 64           /* numbers of an answer that are kept on the stack */

typedef struct section {
    uint64_t offset, size; /* [bytes] */
} section;

enum { PLAN, NUMBERS, PARAMETERS, BINS, STATUSES, FUNCTIONS, POINTS, STRINGS, TABLES, SECTIONS };

typedef struct header {
    char magic[8];
    uint32_t order, format;
    uint64_t size, digest;
    char code[32];
    double first_step, good, useless; /* rule of derivatives */
    uint64_t search, model, unit, text; /* in STRINGS, as all names below */
    int64_t tables_at;                  /* place in the plan of the address of TABLES, or -1 */
    section sections[SECTIONS];
} header;

typedef struct parameter {
    uint64_t name, unit, text;
    double low, high, otherwise;
} parameter;

typedef struct status_record {
    int64_t status, meaning;
    uint64_t text;
} status_record;

typedef struct function_record {
    uint64_t place, name;
} function_record;

struct gloam {
    const unsigned char *map;
    size_t size;
    const header *head;
    const double *numbers;
    const parameter *parameters;
    const uint64_t *bin_names;
    const status_record *statuses;
    const double *points;
    const char *strings;
    int64_t parameter_count, bin_count, status_count, point_count;
    int64_t plan[]; /* with the addresses of this process */
};

static uint64_t turned(uint64_t word)
{
    return word << 29 | word >> 35;
}

GLOAM_SHOWN uint64_t gloam_digest(const void *bytes, uint64_t size);

/* 64-bit digest of a multiple of 64 bytes: finds damage, not malice. */
uint64_t gloam_digest(const void *bytes, uint64_t size)
{
    const uint64_t odd = 0x9E3779B97F4A7C15u;
    const unsigned char *at = bytes;
    uint64_t lanes[LANES], total = size;
    for (int i = 0; i < LANES; i++) {
        lanes[i] = odd * (uint64_t)(i + 1);
    }
    for (uint64_t done = 0; done + sizeof lanes <= size; done += sizeof lanes) {
        uint64_t words[LANES];
        memcpy(words, at + done, sizeof words);
        for (int i = 0; i < LANES; i++) {
            lanes[i] = turned(lanes[i] ^ words[i]) * odd;
        }
    }
    for (int i = 0; i < LANES; i++) {
        total = turned(total ^ lanes[i]) * odd;
    }
    return total ^ total >> 32;
}

/* Where a section of `count` records of `size` bytes begins; NULL if it does not lie in the file. */
static const void *section_of(const unsigned char *map, uint64_t whole, section where, uint64_t size)
{
    if (where.offset % 8 != 0 || where.size % size != 0 || where.offset > whole || where.size > whole - where.offset) {
        return NULL;
    }
    return map + where.offset;
}

static int64_t looked_at(const unsigned char *map, uint64_t size)
{
    const header *head = (const header *)(const void *)map;
    if (size < sizeof *head) {
        return size >= 8 && memcmp(map, "GLOAMRT", 8) == 0 ? GLOAM_TRUNCATED : GLOAM_NOT_GLOAM;
    }
    if (memcmp(head->magic, "GLOAMRT", 8) != 0 || head->order != ORDER) {
        return GLOAM_NOT_GLOAM;
    }
    if (head->format != FORMAT) {
        return GLOAM_OTHER_FORMAT;
    }
    if (head->size != size || (size - offsetof(header, code)) % 64 != 0) {
        return GLOAM_TRUNCATED;
    }
    const uint64_t skipped = offsetof(header, code); /* the digest itself, and what is checked above */
    if (gloam_digest(map + skipped, size - skipped) != head->digest) {
        return GLOAM_ALTERED;
    }
    return strncmp(head->code, CODE, sizeof head->code) == 0 ? 0 : GLOAM_OTHER_CODE;
}

/* Fill a new handle from a file that looked_at passed. */
static int64_t understood(const unsigned char *map, uint64_t size, gloam **made)
{
    const header *head = (const header *)(const void *)map;
    const section *of = head->sections;
    const uint64_t sizes[SECTIONS] = {8, 8, sizeof(parameter), 8, sizeof(status_record), sizeof(function_record), 8, 1, 8};
    const void *begins[SECTIONS];
    for (int i = 0; i < SECTIONS; i++) {
        begins[i] = section_of(map, size, of[i], sizes[i]);
        if (begins[i] == NULL) {
            return GLOAM_ALTERED;
        }
    }
    gloam *handle = malloc(sizeof *handle + of[PLAN].size);
    if (handle == NULL) {
        return GLOAM_NO_MEMORY;
    }
    handle->map = map;
    handle->size = size;
    handle->head = head;
    handle->numbers = begins[NUMBERS];
    handle->parameters = begins[PARAMETERS];
    handle->bin_names = begins[BINS];
    handle->statuses = begins[STATUSES];
    handle->points = begins[POINTS];
    handle->strings = begins[STRINGS];
    handle->parameter_count = (int64_t)(of[PARAMETERS].size / sizeof(parameter));
    handle->bin_count = (int64_t)(of[BINS].size / 8);
    handle->status_count = (int64_t)(of[STATUSES].size / sizeof(status_record));
    handle->point_count = (int64_t)(of[POINTS].size / 8) / (handle->parameter_count + 2 * handle->bin_count + 1);
    memcpy(handle->plan, begins[PLAN], of[PLAN].size);
    const function_record *functions = begins[FUNCTIONS];
    for (uint64_t i = 0; i < of[FUNCTIONS].size / sizeof *functions; i++) {
        uint64_t k = 0;
        while (k < KERNEL_COUNT && strcmp(kernels[k].name, handle->strings + functions[i].name) != 0) {
            k++;
        }
        if (k == KERNEL_COUNT) {
            free(handle);
            return GLOAM_OTHER_CODE;
        }
        handle->plan[functions[i].place] = (int64_t)(intptr_t)kernels[k].code;
    }
    if (head->tables_at >= 0) {
        handle->plan[head->tables_at] = (int64_t)(intptr_t)begins[TABLES];
    }
    *made = handle;
    return 0;
}

int64_t gloam_open(const char *path, const gloam **handle)
{
    *handle = NULL;
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("bmi2")) {
        return GLOAM_OTHER_PROCESSOR;
    }
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat found;
    if (file < 0 || fstat(file, &found) != 0 || !S_ISREG(found.st_mode)) {
        if (file >= 0) {
            close(file);
        }
        return GLOAM_CANNOT_OPEN;
    }
    const uint64_t size = (uint64_t)found.st_size;
    void *map = size == 0 ? MAP_FAILED : mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0);
    close(file);
    if (map == MAP_FAILED) {
        return size == 0 ? GLOAM_NOT_GLOAM : GLOAM_CANNOT_OPEN;
    }
    gloam *made = NULL;
    int64_t status = looked_at(map, size);
    if (status == 0) {
        status = understood(map, size, &made);
    }
    if (status != 0) {
        munmap(map, size);
        return status;
    }
    *handle = made;
    return 0;
}

void gloam_close(const gloam *handle)
{
    if (handle != NULL) {
        munmap((void *)(uintptr_t)handle->map, handle->size);
        free((void *)(uintptr_t)handle);
    }
}

static void fill(double *numbers, int64_t count, double value)
{
    for (int64_t i = 0; i < count; i++) {
        numbers[i] = value;
    }
}

/* Rates, then error bounds, in out[2 * bins]. */
static int64_t answer(const gloam *handle, const double *x, double *out)
{
    int64_t status = 0;
    void *exception = NULL;
    const int32_t failed = ANSWER(&status, &exception, (int64_t)(intptr_t)handle->numbers, (int64_t)(intptr_t)handle->plan,
                                  (int64_t)(intptr_t)x, (int64_t)(intptr_t)out);
    if (failed != 0) {
        fill(out, 2 * handle->bin_count, NAN);
        return GLOAM_FAILED;
    }
    return status;
}

int64_t gloam_value_and_error(const gloam *handle, const double *x, double *value, double *error)
{
    const int64_t bins = handle->bin_count;
    double few[FEW], *out = 2 * bins <= FEW ? few : malloc(2 * sizeof(double) * (size_t)bins);
    if (out == NULL) {
        fill(value, value == NULL ? 0 : bins, NAN);
        fill(error, error == NULL ? 0 : bins, NAN);
        return GLOAM_NO_MEMORY;
    }
    const int64_t status = answer(handle, x, out);
    for (int64_t i = 0; i < bins; i++) {
        if (value != NULL) {
            value[i] = out[i];
        }
        if (error != NULL) {
            error[i] = out[bins + i];
        }
    }
    if (out != few) {
        free(out);
    }
    return status;
}

int64_t gloam_value(const gloam *handle, const double *x, double *value)
{
    return gloam_value_and_error(handle, x, value, NULL);
}

int64_t gloam_error(const gloam *handle, const double *x, double *error)
{
    return gloam_value_and_error(handle, x, NULL, error);
}

int64_t gloam_status(const gloam *handle, const double *x)
{
    return gloam_value_and_error(handle, x, NULL, NULL);
}

int64_t gloam_batch(const gloam *handle, int64_t points, const double *x, double *value, double *error, int64_t *status)
{
    int64_t without = 0;
    for (int64_t i = 0; i < points; i++) {
        double *bounds = error == NULL ? NULL : error + i * handle->bin_count;
        const int64_t found = gloam_value_and_error(handle, x + i * handle->parameter_count, value + i * handle->bin_count, bounds);
        if (found < 0) {
            return found;
        }
        without += found != 0;
        if (status != NULL) {
            status[i] = found;
        }
    }
    return without;
}

/* Sum over the offsets of a rule; NaN where a rate that it needs is none. */
static double weighted(const double *weights, int backwards, const double *f, int64_t bins)
{
    double total = 0.0;
    int missing = 0;
    for (int o = 0; o < OFFSETS; o++) {
        const double weight = weights[backwards ? OFFSETS - 1 - o : o], seen = f[o * bins];
        missing |= weight != 0.0 && isnan(seen);
        total = total + weight * (isnan(seen) ? 0.0 : seen);
    }
    return missing ? NAN : total;
}

static double larger(double a, double b)
{
    return isnan(a) || a >= b ? a : b; /* NaN if either is */
}

static const double offsets[OFFSETS] = {-3.0, -2.0, -1.0, 1.0, 2.0, 3.0};
static const double central_rule[OFFSETS] = {0.0, 1.0 / 12.0, -8.0 / 12.0, 8.0 / 12.0, -1.0 / 12.0, 0.0};
static const double backward[OFFSETS] = {0.0, 1.0 / 2.0, -4.0 / 2.0, 0.0, 0.0, 0.0};
static const double backward_third[OFFSETS] = {-2.0 / 6.0, 9.0 / 6.0, -18.0 / 6.0, 0.0, 0.0, 0.0};

/* The derivative of one bin at one step, and its error; f holds the rates at the offsets. */
static void at_one_step(double here, const double *f, int64_t bins, double step, double *found, double *spread)
{
    const double width = step != 0.0 ? step : NAN, rounding = ROUNDING * fabs(here);
    const double central = weighted(central_rule, 0, f, bins);
    const double left = 1.5 * here + weighted(backward, 0, f, bins);
    const double right = -1.5 * here - weighted(backward, 1, f, bins);
    const double left_third = 11.0 / 6.0 * here + weighted(backward_third, 0, f, bins);
    const double right_third = -11.0 / 6.0 * here - weighted(backward_third, 1, f, bins);
    double value = NAN, error = INFINITY;
    if (!isnan(central)) {
        value = central;
        error = larger(fabs(left - central), fabs(right - central)) + rounding;
    } else if (!isnan(right_third)) {
        value = right_third;
        error = fabs(right - right_third) + rounding;
    } else if (!isnan(left_third)) {
        value = left_third;
        error = fabs(left - left_third) + rounding;
    }
    *found = value / width;
    *spread = error / width;
}

/* Derivatives by parameter j; `work` holds a point, an answer, and the rates at all offsets. */
static int64_t slope(const gloam *handle, const double *x, int64_t j, const double *here, double *slopes, double *errors, double *work)
{
    const int64_t bins = handle->bin_count;
    double *moved = work, *out = moved + handle->parameter_count, *f = out + 2 * bins, relative = handle->head->first_step;
    const double first = relative, size = x[j] == 0.0 ? INFINITY : fabs(x[j]);
    int good = 0;
    fill(slopes, bins, NAN);
    fill(errors, bins, INFINITY);
    for (int k = 0; k < STEPS && !good; k++) {
        double step = x[j] != 0.0 ? relative * fabs(x[j]) : relative * first;
        volatile double there = x[j] + step; /* the step as it will be */
        step = there - x[j];
        for (int o = 0; o < OFFSETS; o++) {
            memcpy(moved, x, sizeof(double) * (size_t)handle->parameter_count);
            moved[j] = x[j] + offsets[o] * step;
            const int64_t status = answer(handle, moved, out);
            if (status < 0) {
                return status;
            }
            memcpy(f + o * bins, out, sizeof(double) * (size_t)bins);
        }
        good = 1;
        for (int64_t b = 0; b < bins; b++) {
            double found, spread;
            at_one_step(here[b], f + b, bins, step, &found, &spread);
            if (spread < errors[b]) {
                slopes[b] = found;
                errors[b] = spread;
            }
            good &= errors[b] <= handle->head->good * larger(fabs(slopes[b]), fabs(here[b] / size));
        }
        relative *= SHRINK;
    }
    for (int64_t b = 0; b < bins; b++) {
        if (!(errors[b] <= handle->head->useless * larger(fabs(slopes[b]), fabs(here[b] / size)))) {
            slopes[b] = errors[b] = NAN;
        }
    }
    return 0;
}

int64_t gloam_gradient(const gloam *handle, const double *x, double *slopes, double *errors)
{
    const int64_t bins = handle->bin_count, count = handle->parameter_count;
    double *work = malloc(sizeof(double) * (size_t)(count + (5 + OFFSETS) * bins));
    int64_t status = GLOAM_NO_MEMORY;
    if (work != NULL) {
        double *here = work, *own = here + 2 * bins, *rest = own + bins;
        status = answer(handle, x, here);
        for (int64_t j = 0; status == 0 && j < count; j++) {
            status = slope(handle, x, j, here, slopes + j * bins, errors == NULL ? own : errors + j * bins, rest);
        }
        free(work);
    }
    if (status != 0) {
        fill(slopes, count * bins, NAN);
        fill(errors, errors == NULL ? 0 : count * bins, NAN);
    }
    return status;
}

static const status_record *record_of(const gloam *handle, int64_t status)
{
    for (int64_t i = 0; i < handle->status_count; i++) {
        if (handle->statuses[i].status == status) {
            return handle->statuses + i;
        }
    }
    return NULL;
}

int64_t gloam_meaning(const gloam *handle, int64_t status)
{
    const status_record *found = record_of(handle, status);
    return status == 0 ? GLOAM_ANSWERED : found == NULL ? -1 : found->meaning;
}

static const char *of_library(int64_t status)
{
    switch (status) {
    case 0:
        return "a number with its error bound";
    case GLOAM_CANNOT_OPEN:
        return "the data file cannot be opened: check its path and that it may be read";
    case GLOAM_NOT_GLOAM:
        return "this is no data file of gloam, or one of another byte order: export it with `gloam export c`";
    case GLOAM_OTHER_FORMAT:
        return "the data file is of another format: export library and data again, together";
    case GLOAM_TRUNCATED:
        return "the data file is shorter or longer than it says: copy or export it again";
    case GLOAM_ALTERED:
        return "the data file is damaged, its digest is another: copy or export it again";
    case GLOAM_OTHER_CODE:
        return "the data file was exported with another library: use the two of one `gloam export c`";
    case GLOAM_NO_MEMORY:
        return "no memory is left";
    case GLOAM_OTHER_PROCESSOR:
        return "this processor lacks AVX2, FMA or BMI2, for which the library is compiled (x86-64-v3)";
    case GLOAM_FAILED:
        return "an error inside the model or the search, or no memory for it: there is no number";
    default:
        return NULL;
    }
}

size_t gloam_explain(const gloam *handle, int64_t status, const double *x, char *text, size_t size)
{
    const char *known = of_library(status);
    if (known == NULL && handle != NULL) {
        const status_record *found = record_of(handle, status);
        known = found == NULL ? NULL : handle->strings + found->text;
    }
    if (known == NULL) {
        known = "no status of this library";
    }
    size_t length = 0;
    for (; *known != '\0'; known++) {
        char piece[32] = {*known, '\0'};
        if (*known == MARK) {
            known++;
            if (x != NULL) {
                snprintf(piece, sizeof piece, "%.6g", x[*known - 1]);
            } else {
                memcpy(piece, "?", 2);
            }
        }
        for (const char *letter = piece; *letter != '\0'; letter++, length++) {
            if (length + 1 < size) {
                text[length] = *letter;
            }
        }
    }
    if (size > 0) {
        text[length < size ? length : size - 1] = '\0';
    }
    return length;
}

int64_t gloam_parameters(const gloam *handle)
{
    return handle->parameter_count;
}

int64_t gloam_bins(const gloam *handle)
{
    return handle->bin_count;
}

static const parameter *parameter_of(const gloam *handle, int64_t i)
{
    return i >= 0 && i < handle->parameter_count ? handle->parameters + i : NULL;
}

const char *gloam_parameter_name(const gloam *handle, int64_t i)
{
    const parameter *found = parameter_of(handle, i);
    return found == NULL ? NULL : handle->strings + found->name;
}

const char *gloam_parameter_unit(const gloam *handle, int64_t i)
{
    const parameter *found = parameter_of(handle, i);
    return found == NULL ? NULL : handle->strings + found->unit;
}

const char *gloam_parameter_text(const gloam *handle, int64_t i)
{
    const parameter *found = parameter_of(handle, i);
    return found == NULL ? NULL : handle->strings + found->text;
}

int64_t gloam_parameter_range(const gloam *handle, int64_t i, double *low, double *high, double *otherwise)
{
    const parameter *found = parameter_of(handle, i);
    if (found == NULL) {
        return -1;
    }
    *low = found->low;
    *high = found->high;
    *otherwise = found->otherwise;
    return 0;
}

const char *gloam_bin_name(const gloam *handle, int64_t i)
{
    return i >= 0 && i < handle->bin_count ? handle->strings + handle->bin_names[i] : NULL;
}

const char *gloam_search(const gloam *handle)
{
    return handle->strings + handle->head->search;
}

const char *gloam_model(const gloam *handle)
{
    return handle->strings + handle->head->model;
}

const char *gloam_unit(const gloam *handle)
{
    return handle->strings + handle->head->unit;
}

const char *gloam_text(const gloam *handle)
{
    return handle->strings + handle->head->text;
}

int64_t gloam_self_test(const gloam *handle, int64_t i, double *x, double *value, double *error, int64_t *status)
{
    const int64_t count = handle->parameter_count, bins = handle->bin_count;
    if (i >= 0 && i < handle->point_count) {
        const double *row = handle->points + i * (count + 2 * bins + 1);
        memcpy(x, row, sizeof(double) * (size_t)count);
        memcpy(value, row + count, sizeof(double) * (size_t)bins);
        memcpy(error, row + count + bins, sizeof(double) * (size_t)bins);
        *status = (int64_t)row[count + 2 * bins];
    }
    return handle->point_count;
}

const char *gloam_version(void)
{
    return VERSION;
}
