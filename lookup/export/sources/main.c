/* Self-test: every data file named on the command line, at the points and answers that Python's gloam left in it.
 * Prints parameters, rates, error bounds and statuses; exit status 1 if one differs by more than rounding. */

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gloam.h"

static int close_to(double a, double b, double scale)
{
    return (isnan(a) && isnan(b)) || fabs(a - b) <= 1e-12 * scale;
}

static int tested(const char *path)
{
    const gloam *rate;
    char text[1000];
    int64_t status = gloam_open(path, &rate), expected;
    if (status != 0) {
        gloam_explain(NULL, status, NULL, text, sizeof text);
        fprintf(stderr, "%s: %s\n", path, text);
        return 1;
    }
    const int64_t count = gloam_parameters(rate), bins = gloam_bins(rate);
    double *x = malloc(sizeof(double) * (size_t)(count + 4 * bins));
    double *value = x + count, *error = value + bins, *known = error + bins, *bound = known + bins;
    int64_t wrong = x == NULL, same = 0, points = 0;
    printf("%s, %s, %s, %s\n", path, gloam_search(rate), gloam_model(rate), gloam_version());
    for (int64_t i = 0; x != NULL && i < gloam_self_test(rate, i, x, known, bound, &expected); i++) {
        status = gloam_value_and_error(rate, x, value, error);
        points++;
        same += status == expected && memcmp(value, known, sizeof(double) * (size_t)(2 * bins)) == 0;
        wrong += status != expected;
        for (int64_t k = 0; k < count; k++) {
            printf("%s%s = %.17g", k == 0 ? "" : ", ", gloam_parameter_name(rate, k), x[k]);
        }
        for (int64_t b = 0; b < bins; b++) {
            const double scale = fabs(known[b]);
            printf("\n    %s = %.17g +- %.3g %s", gloam_bin_name(rate, b), value[b], error[b], gloam_unit(rate));
            wrong += !close_to(value[b], known[b], scale) || !close_to(error[b], bound[b], 1e6 * bound[b] + 1e4 * scale);
        }
        if (status != 0) {
            gloam_explain(rate, status, x, text, sizeof text);
            printf("\n    %s", text);
        }
        printf("\n");
    }
    printf("%" PRId64 " of %" PRId64 " points equal to the bit, %" PRId64 " wrong\n", same, points, wrong);
    free(x);
    gloam_close(rate);
    return wrong != 0;
}

int main(int count, char **paths)
{
    int wrong = count < 2;
    if (wrong) {
        fprintf(stderr, "usage: %s FILE.gloam ...\n", paths[0]);
    }
    for (int i = 1; i < count; i++) {
        wrong |= tested(paths[i]);
    }
    return wrong;
}
