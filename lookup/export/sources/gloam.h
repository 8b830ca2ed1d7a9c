/* Rates of gloam's searches, with error bounds and derivatives, from a library that needs the C library and libm only.
 *
 *     const gloam *rate;
 *     int64_t status = gloam_open("miniboone_fhc_produced.gloam", &rate);
 *     double x[8] = {...}, value, error;                   parameters in the order of gloam_parameter_name(rate, i)
 *     if (status == 0) status = gloam_value_and_error(rate, x, &value, &error);
 *
 * A handle is never written after gloam_open: any number of threads may share it, and no function keeps a state, prints, or sets
 * errno. Threads need 64 kB of stack. All answers are those of Python's gloam for this library's processor and rounding to nearest.
 * C99 and C++98.
 */
#ifndef GLOAM_H
#define GLOAM_H

#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define GLOAM_SHOWN __attribute__((visibility("default")))
#else
#define GLOAM_SHOWN
#endif

#ifdef __cplusplus
extern "C" {
#endif

typedef struct gloam gloam;

/* What functions return beside 0 (answered) and the positive statuses of a point, which gloam_explain puts into words. */
enum {
    GLOAM_CANNOT_OPEN = -1,     /* no such file, or it cannot be read */
    GLOAM_NOT_GLOAM = -2,       /* not a data file of gloam, or of another byte order */
    GLOAM_OTHER_FORMAT = -3,    /* a data file of another version of this library */
    GLOAM_TRUNCATED = -4,       /* shorter or longer than it says */
    GLOAM_ALTERED = -5,         /* its digest is another */
    GLOAM_OTHER_CODE = -6,      /* exported together with another library */
    GLOAM_NO_MEMORY = -7,
    GLOAM_OTHER_PROCESSOR = -8, /* this processor lacks AVX2 or FMA (x86-64-v3) */
    GLOAM_FAILED = -9           /* an error inside the model or the search, or no memory for it */
};

/* What a status of a point means; gloam_meaning gives one of these. */
enum {
    GLOAM_ANSWERED = 0,
    GLOAM_BAD_PARAMETER = 1,  /* a parameter is outside its range, or not a number */
    GLOAM_UNPHYSICAL = 2,     /* no such point exists */
    GLOAM_OUTSIDE_TABLE = 3,  /* a table does not reach the point; nothing is extrapolated */
    GLOAM_REFUSED = 4,        /* the model or the search leaves out something that matters there */
    GLOAM_NO_INFORMATION = 5, /* the published data of the search say nothing there */
    GLOAM_NOT_CONVERGED = 6   /* of a derivative: no step gives differences that agree */
};

/* Open a data file, whose digest is checked: 0 and a handle, or a negative number and NULL. Close it with gloam_close. */
GLOAM_SHOWN int64_t gloam_open(const char *path, const gloam **handle);
GLOAM_SHOWN void gloam_close(const gloam *handle);

/* Rates at the parameters x, one number per bin, in gloam_unit; returns 0, or a status and NaN. */
GLOAM_SHOWN int64_t gloam_value(const gloam *handle, const double *x, double *value);

/* Bounds of the absolute errors of the rates that come from interpolation, one per bin. */
GLOAM_SHOWN int64_t gloam_error(const gloam *handle, const double *x, double *error);

/* Both, at the cost of one. */
GLOAM_SHOWN int64_t gloam_value_and_error(const gloam *handle, const double *x, double *value, double *error);

/* The status alone: 0 where there is a rate. */
GLOAM_SHOWN int64_t gloam_status(const gloam *handle, const double *x);

/* Derivatives by every parameter, slopes[parameter * bins + bin], and unless it is NULL their absolute errors; NaN where no step
 * gives differences that agree, or where there is no rate. Returns the status of x. */
GLOAM_SHOWN int64_t gloam_gradient(const gloam *handle, const double *x, double *slopes, double *errors);

/* `points` rows x[point * parameters + i], value[point * bins + bin]; error and status may be NULL. Returns how many have no rate,
 * or a negative number. */
GLOAM_SHOWN int64_t gloam_batch(const gloam *handle, int64_t points, const double *x, double *value, double *error, int64_t *status);

/* One of GLOAM_ANSWERED to GLOAM_NO_INFORMATION for a status, -1 for what is none. */
GLOAM_SHOWN int64_t gloam_meaning(const gloam *handle, int64_t status);

/* A sentence about a status of this library at the parameters x (NULL if there are none; so may the handle be, for a negative
 * status), into text of `size` bytes; returns the length of the whole sentence, as snprintf. */
GLOAM_SHOWN size_t gloam_explain(const gloam *handle, int64_t status, const double *x, char *text, size_t size);

GLOAM_SHOWN int64_t gloam_parameters(const gloam *handle);
GLOAM_SHOWN int64_t gloam_bins(const gloam *handle);
GLOAM_SHOWN const char *gloam_parameter_name(const gloam *handle, int64_t i); /* NULL for i out of range, as the next ones */
GLOAM_SHOWN const char *gloam_parameter_unit(const gloam *handle, int64_t i);
GLOAM_SHOWN const char *gloam_parameter_text(const gloam *handle, int64_t i);
GLOAM_SHOWN int64_t gloam_parameter_range(const gloam *handle, int64_t i, double *low, double *high, double *otherwise);
/* ... 0, or -1 for i out of range; `otherwise` is the default, NaN where there is none */
GLOAM_SHOWN const char *gloam_bin_name(const gloam *handle, int64_t i);
GLOAM_SHOWN const char *gloam_search(const gloam *handle);
GLOAM_SHOWN const char *gloam_model(const gloam *handle);
GLOAM_SHOWN const char *gloam_unit(const gloam *handle);
GLOAM_SHOWN const char *gloam_text(const gloam *handle); /* JSON: options, tables with their digests, references, versions */

/* Points with the answers that Python gave when the file was written; returns how many there are. For i below that number x, value,
 * error (numbers of parameters, bins, bins) and status are filled. */
GLOAM_SHOWN int64_t gloam_self_test(const gloam *handle, int64_t i, double *x, double *value, double *error, int64_t *status);

GLOAM_SHOWN const char *gloam_version(void);

#ifdef __cplusplus
}
#endif

#endif
