/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The networks of data/network-*.csv, and the reader of their texts.
 *
 * "WIDTH_0; RUN; RUN; ..", RUN = "ACTIVATION g|o COUNT SIGMA_W Q WIDTH"; g gaussian, o orthogonal. A run
 * that starts with "N*" stands N times; a width or q "*F" is F times the one before. Laws of a kind are
 * grouped: a products of linear layers, b pieces of constant slope with unequal widths, c mixed
 * square, d mixed everything.
 */
#include "network.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATIO_08(n)  "1; " n "* linear g 1 0.89442719099991586 1 *1.25"
#define RATIO_125(n) "1; " n "* linear g 1 1.1180339887498949 1 *0.8"

const struct network_text network_texts[] = {
    {"linear-0.8-5", RATIO_08("5")},
    {"linear-0.8-20", RATIO_08("20")},
    {"linear-0.8-40", RATIO_08("40")},
    {"linear-0.8-100", RATIO_08("100")},
    {"linear-0.8-200", RATIO_08("200")},
    {"linear-0.8-500", RATIO_08("500")},
    {"linear-1.25-10", RATIO_125("10")},
    {"linear-1.25-15", RATIO_125("15")},
    {"linear-1.25-20", RATIO_125("20")},
    {"linear-square-1", "1; linear g 1 1 1 1"},
    {"linear-square-5", "1; linear g 5 1 1 1"},
    {"linear-square-100", "1; linear g 100 1 1 1"},
    {"linear-square-500", "1; linear g 500 1 1 1"},
    {"linear-square-1000000", "1; linear g 1000000 1 1 1"},
    {"linear-1-2-10", "1; linear g 1 0.70710678118654757 1 2; linear g 1 0.44721359549995793 1 10"},
    /* two Marchenko-Pastur laws of means 1, N_0/N_l = 0.5, 0.2: lambda from (sqrt 5 - 1)/20 to 3.6; 0.8 twice */
    {"linear-1-2-5", "1; linear g 1 0.70710678118654757 1 2; linear g 1 0.63245553203367588 1 5"},
    {"linear-1-1.25-1.25", "1; linear g 1 0.89442719099991586 1 1.25; linear g 1 1 1 1.25"},
    {"linear-widening", "1; linear g 1 1 1 2; linear g 1 1.2 1 4"},
    {"linear-narrowing", "4; linear g 1 1 1 2; linear g 1 1.2 1 1"},

    {"relu-o-bottleneck",
     "100; relu o 1 1.4142135623730951 1 30; relu o 1 1.4142135623730951 1 100"},
    {"relu-g-bottleneck",
     "100; relu g 1 1.4142135623730951 1 30; relu g 1 1.4142135623730951 1 100"},
    {"relu-o-valley",
     "100; relu o 1 1.4 1 50; relu o 1 1.4 1 20; relu o 1 1.4 1 80; relu o 1 1.4 1 100"},
    {"relu-g-valley",
     "100; relu g 1 1.4 1 50; relu g 1 1.4 1 20; relu g 1 1.4 1 80; relu g 1 1.4 1 100"},
    {"relu-o-widening", "1; relu o 1 1.4 1 2; relu o 1 1.3 1 4"},
    {"relu-g-widening", "1; relu g 1 1.4 1 2.7; relu g 1 1.3 1 7.3"},
    {"relu-g-narrowing", "4; relu g 1 1.4 1 2; relu g 1 1.3 1 1"},
    {"hard-tanh-o-bottleneck", "100; hard-tanh o 1 1.1 0.3 30; hard-tanh o 1 1.05 0.5 100"},
    {"hard-tanh-g-valley", "100; hard-tanh g 1 1.1 0.3 50; hard-tanh g 1 1.05 0.5 20; hard-tanh g "
                           "1 1.2 0.7 80; hard-tanh g 1 1 1 100"},
    {"hard-tanh-o-widening", "1; hard-tanh o 1 1.1 0.3 2; hard-tanh o 1 1.05 0.5 4"},
    {"hard-tanh-o-narrowing", "4; hard-tanh o 1 1.1 0.1 3.9; hard-tanh o 1 1.05 0.07 3.8"},
    {"leaky-o-bottleneck", "100; leaky-relu-0.3 o 1 1.1 1 30; leaky-relu-0.3 o 1 1.05 1 100"},
    {"leaky-g-bottleneck", "100; leaky-relu-0.3 g 1 1.1 1 30; leaky-relu-0.3 g 1 1.05 1 100"},
    {"leaky-o-valley", "100; leaky-relu-0.3 o 1 1.1 1 50; leaky-relu-0.3 o 1 1.05 1 20; "
                       "leaky-relu-0.3 o 1 1.05 1 80; leaky-relu-0.3 o 1 1.05 1 100"},
    {"leaky-g-widening", "1; leaky-relu-0.3 g 1 1.1 1 1.7; leaky-relu-0.3 g 1 1.05 1 3.1"},
    {"leaky-g-narrowing", "4; leaky-relu-0.3 g 1 1.1 1 2; leaky-relu-0.3 g 1 1.05 1 1"},
    {"linear-go-valley",
     "100; linear o 1 1.1 1 50; linear g 1 0.9 1 20; linear o 1 1.3 1 80; linear g 1 1 1 100"},
    {"linear-o-narrowing", "10; linear o 1 1.2 1 7; linear o 1 0.9 1 5"},
    {"linear-o-valley", "10; linear o 1 1.1 1 5; linear o 1 1.2 1 10; linear o 1 1 1 6"},
    {"linear-g-deep-bottleneck",
     "100; linear g 30 1 1 100; linear g 20 1 1 37.5; linear g 50 1 1 100"},

    {"tanh-o-relu-g-linear-g",
     "1; tanh o 1 1.2 0.3 1; relu g 1 1.4142135623730951 1 1; linear g 1 1 1 1"},
    {"tanh-five-q-o", "1; tanh o 1 1.1 0.9 1; tanh o 1 1.1 0.5 1; tanh o 1 1.1 0.3 1; tanh o 1 1.1 "
                      "0.2 1; tanh o 1 1.1 0.15 1"},
    {"tanh-five-q-g", "1; tanh g 1 1.1 0.9 1; tanh g 1 1.1 0.5 1; tanh g 1 1.1 0.3 1; tanh g 1 1.1 "
                      "0.2 1; tanh g 40 1.1 0.15 1"},
    {"tanh-forty-q-g", "1; tanh g 1 1.05 0.9 1; 39* tanh g 1 1.05 *0.93 1"},
    {"hard-tanh-leaky-o", "1; hard-tanh o 1 1.1 0.2 1; leaky-relu-0.3 o 1 1.2 1 1"},
    {"hard-tanh-leaky-o-deep", "1; hard-tanh o 10 1 0.1 1; leaky-relu-0.3 o 1 1.2 1 1"},
    {"hard-tanh-three-q-o",
     "1; hard-tanh o 1 1.1 0.2 1; hard-tanh o 1 1.05 0.3 1; hard-tanh o 1 1 0.4 1"},
    {"gelu-tanh-o", "1; gelu o 1 1.4 1 1; tanh o 1 1.2 0.4 1"},
    {"gelu-tanh-g", "1; gelu g 1 1.4 1 1; tanh g 1 1.2 0.4 1"},
    {"elu-o-linear-g", "1; elu o 2 1.1 0.5 1; linear g 1 1 1 1"},
    {"elu-0.5-o-linear-o", "1; elu-0.5 o 2 1.1 0.5 1; linear o 1 0.9 1 1"},
    {"tanh-among-linear-o", "1; linear o 3 0.9 1 1; tanh o 1 1.3 0.4 1; linear o 2 1.1 1 1"},
    {"elu-among-linear-o", "1; elu-0.5 o 1 1.2 0.6 1; linear o 1 0.9 1 1"},
    {"leaky-among-linear-o", "1; linear o 2 0.9 1 1; leaky-relu-0.3 o 1 1.3 1 1"},
    {"erf-softplus-o", "1; erf o 1 1.2 0.4 1; softplus o 1 1.8 0.6 1"},
    {"erf-softplus-g", "1; erf g 3 1.2 0.4 1; softplus g 2 1.8 0.6 1"},
    {"softplus-two-q-o", "1; softplus o 1 1.8 0.3 1; softplus o 1 1.7 0.6 1"},
    {"leaky-gaps-o", "1; leaky-relu-0.01 o 1 1.4 1 1; leaky-relu-0.3 o 1 1.3 1 1"},
    {"leaky-gaps-og", "1; leaky-relu-0.01 o 1 1.4 1 1; leaky-relu-0.3 g 1 1.3 1 1"},
    {"leaky-three-slopes-o",
     "1; leaky-relu-0.01 o 1 1.4 1 1; leaky-relu-0.1 o 1 1.3 1 1; leaky-relu-0.6 o 1 1 1 1"},
    {"leaky-hard-tanh-gaps-o",
     "1; leaky-relu-0.1 o 1 1.4 1 1; hard-tanh o 1 1 0.1 1; hard-tanh o 1 1 0.12 1"},
    {"elu-hard-tanh-o", "1; elu-0.5 o 1 1.2 0.5 1; hard-tanh o 1 1 0.15 1"},
    {"selu-sin-g", "1; selu g 2 1 1 1; sin g 1 1.3 0.5 1"},
    {"sigmoid-arctan-o", "1; sigmoid o 1 4.2 0.5 1; arctan o 1 1.2 0.6 1; softsign o 1 1.5 0.4 1"},
    {"linear-o-tanh-g-deep",
     "1; linear o 100 1 1 1; tanh g 100 1.05 0.1 1; relu o 3 1.4142135623730951 1 1"},

    {"tanh-o-bottleneck", "100; tanh o 1 1.2 0.3 30; tanh o 1 1.1 0.4 100"},
    {"tanh-g-bottleneck", "100; tanh g 1 1.2 0.3 30; tanh g 1 1.1 0.4 100"},
    {"tanh-g-widening", "1; tanh g 1 1.2 0.3 2; tanh g 1 1.1 0.4 4"},
    {"tanh-o-widening", "1; tanh o 1 1.2 0.3 2; tanh o 1 1.1 0.4 4"},
    {"tanh-o-narrowing", "4; tanh o 1 1.2 0.3 2; tanh o 1 1.1 0.4 1"},
    {"gelu-elu-erf-o-narrowing", "10; gelu o 1 1.3 0.9 8; elu o 1 1.1 0.6 6; erf o 1 1.1 0.4 6"},
    {"silu-gelu-g-widening", "2; silu g 1 1.4 0.6 3; gelu g 2 1.4 1 5"},
    {"gelu-g-valley",
     "100; gelu g 1 1.4 1 50; gelu o 1 1.4 0.8 20; tanh g 1 1.2 0.5 80; relu o 1 1.4 1 100"},
    {"elu-relu-tanh-valley",
     "100; elu o 1 1.1 0.5 60; relu g 1 1.4 1 45; tanh o 1 1.2 0.5 70; gelu g 2 1.4 0.9 110"},
    {"gelu-elu-widening", "10; gelu o 1 1.4 1 17; elu g 1 1.1 0.6 31; tanh g 1 1.2 0.5 40"},
    {"erf-leaky-narrowing",
     "10; erf g 1 1.2 0.4 8; leaky-relu-0.3 o 1 1.2 1 7.1; hard-tanh g 1 1.1 0.4 5.5"},
    {"selu-softplus-bottleneck", "3; selu g 1 1 1 1; softplus o 2 1.8 0.5 1; linear g 1 1 1 3.5"},
};
const int n_network_texts = sizeof(network_texts) / sizeof(network_texts[0]);

static const struct activation more[] = {
    {"leaky-relu-0.1", {FJ_SHAPE_LEAKY, "0x1.999999999999ap-4", NULL}, FJ_SMOOTH_NONE, false},
    {"leaky-relu-0.6", {FJ_SHAPE_LEAKY, "0x1.3333333333333p-1", NULL}, FJ_SMOOTH_NONE, false},
};

static const struct activation *find(const char *name)
{
    for (int i = 0; i < n_activations; i++)
        if (strcmp(activations[i].name, name) == 0)
            return &activations[i];
    for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++)
        if (strcmp(more[i].name, name) == 0)
            return &more[i];
    return NULL;
}

bool stack_read(const struct network_text *text, struct stack *stack)
{
    char name[64], kind, q[64], width[64];
    *stack = (struct stack){.name = text->name, .width_0 = strtod(text->runs, NULL)};
    double before = stack->width_0, q_before = 0;
    for (const char *p = strchr(text->runs, ';'); p; p = strchr(p, ';')) {
        struct run run;
        int times = 1, used = 0;
        if (sscanf(++p, " %d*%n", &times, &used) != 1 || used == 0)
            times = 1, used = 0;
        if (sscanf(p + used, " %63s %c %ld %lf %63s %63[^; ]", name, &kind, &run.count,
                   &run.sigma_w, q, width) != 6)
            return false;
        run.act = find(name);
        run.gaussian = kind == 'g';
        if (!run.act || stack->n + times > MAX_RUNS)
            return false;
        for (int i = 0; i < times; i++) {
            run.width = *width == '*' ? before * strtod(width + 1, NULL) : strtod(width, NULL);
            run.q = *q == '*' ? q_before * strtod(q + 1, NULL) : strtod(q, NULL);
            before = run.width;
            q_before = run.q;
            stack->run[stack->n++] = run;
        }
    }
    return stack->n > 0;
}
