/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The lines that start a network in PyTorch, JAX (with flax) and Keras.
 *   1. the activation as each framework writes it: names agree more often than definitions do (erf here is
 *      erf(sqrt(pi)/2 x), jax.nn.gelu is an approximation unless told otherwise);
 *   2. weights: gaussian by fan-in (never truncated), or orthogonal with its gain, which grows where a layer widens;
 *   3. biases, and the inputs' mean square. */
#include "cli_framework.h"
#include <stdio.h>
#include <string.h>

enum { CODE_SIZE = 160 };

/* How each framework writes phi(x); %s stands for the parameter. */
static const struct phi_code {
    const char *name, *code[OUT_FRAMEWORKS];
} phi_codes[] = {
    {"linear", {"x", "x", "x"}},
    {"relu", {"torch.relu(x)", "jax.nn.relu(x)", "keras.ops.relu(x)"}},
    {"leaky-relu",
     {"torch.nn.functional.leaky_relu(x, negative_slope=%s)",
      "jax.nn.leaky_relu(x, negative_slope=%s)", "keras.ops.leaky_relu(x, negative_slope=%s)"}},
    {"hard-tanh",
     {"torch.nn.functional.hardtanh(x)", "jax.nn.hard_tanh(x)", "keras.ops.clip(x, -1.0, 1.0)"}},
    {"tanh", {"torch.tanh(x)", "jax.numpy.tanh(x)", "keras.ops.tanh(x)"}},
    {"erf",
     {"torch.erf(0.886226925452758 * x)", "jax.scipy.special.erf(0.886226925452758 * x)",
      "keras.ops.erf(0.886226925452758 * x)"}},
    {"sigmoid", {"torch.sigmoid(x)", "jax.nn.sigmoid(x)", "keras.ops.sigmoid(x)"}},
    {"arctan", {"torch.atan(x)", "jax.numpy.arctan(x)", "keras.ops.arctan(x)"}},
    {"softsign",
     {"torch.nn.functional.softsign(x)", "jax.nn.soft_sign(x)", "keras.activations.softsign(x)"}},
    {"sin", {"torch.sin(x)", "jax.numpy.sin(x)", "keras.ops.sin(x)"}},
    {"softplus",
     {"torch.nn.functional.softplus(x, beta=%s)", "jax.nn.softplus(%s * x) / %s",
      "keras.ops.softplus(%s * x) / %s"}},
    {"elu",
     {"torch.nn.functional.elu(x, alpha=%s)", "jax.nn.elu(x, alpha=%s)",
      "keras.activations.elu(x, alpha=%s)"}},
    {"selu", {"torch.nn.functional.selu(x)", "jax.nn.selu(x)", "keras.activations.selu(x)"}},
    {"gelu",
     {"torch.nn.functional.gelu(x, approximate='none')", "jax.nn.gelu(x, approximate=False)",
      "keras.activations.gelu(x, approximate=False)"}},
    {"silu", {"torch.nn.functional.silu(x)", "jax.nn.silu(x)", "keras.activations.silu(x)"}},
};

/* Puts the parameter where the code says %s. */
static void phi_fill(const char *code, const char *parameter, char text[CODE_SIZE])
{
    size_t used = 0;
    while (*code && used + strlen(parameter) + 1 < CODE_SIZE) {
        if (strncmp(code, "%s", 2) == 0) {
            memcpy(text + used, parameter, strlen(parameter));
            used += strlen(parameter);
            code += 2;
        } else {
            text[used++] = *code++;
        }
    }
    text[used] = '\0';
}

static void phi_write(const char *activation, out_design *design)
{
    size_t length = strcspn(activation, ":");
    const char *equals = strchr(activation, '='), *parameter = equals ? equals + 1 : "";
    for (size_t i = 0; i < sizeof phi_codes / sizeof *phi_codes; i++) {
        if (strlen(phi_codes[i].name) != length ||
            strncmp(phi_codes[i].name, activation, length) != 0)
            continue;
        for (int k = 0; k < OUT_FRAMEWORKS; k++) {
            char code[CODE_SIZE];
            phi_fill(phi_codes[i].code[k], parameter, code);
            out_lines_add(&design->code[k], "phi = lambda x: %s", code);
        }
    }
    if (length == 4 && strncmp(activation, "expr", length) == 0) /* its language is not Python's */
        for (int k = 0; k < OUT_FRAMEWORKS; k++)
            out_lines_add(&design->code[k], "phi = ...  # yours to write: %s",
                          activation + length + 1);
}

static bool widens(const out_design *design)
{
    for (size_t i = 0; i < design->layer_count; i++)
        if (design->layers[i].fan_out > design->layers[i].fan_in)
            return true;
    return false;
}

static void torch_write(out_design *design)
{
    out_lines *lines = &design->code[OUT_TORCH];
    const double w = design->sigma_w, b = design->sigma_b;
    out_lines_add(lines, "for layer in layers:  # torch.nn.Linear");
    if (!design->orthogonal)
        out_lines_add(lines,
                      "    torch.nn.init.normal_(layer.weight, mean=0.0, "
                      "std=%.10g / layer.in_features ** 0.5)",
                      w);
    else if (widens(design))
        out_lines_add(lines,
                      "    torch.nn.init.orthogonal_(layer.weight, gain=%.10g * "
                      "max(1, layer.out_features / layer.in_features) ** 0.5)",
                      w);
    else
        out_lines_add(lines, "    torch.nn.init.orthogonal_(layer.weight, gain=%.10g)", w);
    if (b > 0)
        out_lines_add(lines, "    torch.nn.init.normal_(layer.bias, mean=0.0, std=%.10g)", b);
    else
        out_lines_add(lines, "    torch.nn.init.zeros_(layer.bias)");
    out_lines_add(lines, "x = x * (%.10g / x.square().mean(dim=-1, keepdim=True)).sqrt()  # inputs",
                  design->input_mean_square);
}

static void jax_write(out_design *design)
{
    out_lines *lines = &design->code[OUT_JAX];
    const double w = design->sigma_w, b = design->sigma_b;
    if (!design->orthogonal)
        out_lines_add(lines,
                      "kernel_init = jax.nn.initializers.variance_scaling(scale=%.10g, "
                      "mode='fan_in', distribution='normal')",
                      w * w);
    else if (widens(design))
        out_lines_add(lines,
                      "kernel_init = jax.nn.initializers.orthogonal(scale=%.10g * "
                      "max(1, features / fan_in) ** 0.5)",
                      w);
    else
        out_lines_add(lines, "kernel_init = jax.nn.initializers.orthogonal(scale=%.10g)", w);
    if (b > 0)
        out_lines_add(lines, "bias_init = jax.nn.initializers.normal(stddev=%.10g)", b);
    else
        out_lines_add(lines, "bias_init = jax.nn.initializers.zeros");
    out_lines_add(
        lines, "layer = flax.linen.Dense(features, kernel_init=kernel_init, bias_init=bias_init)");
}

static void keras_write(out_design *design)
{
    out_lines *lines = &design->code[OUT_KERAS];
    const double w = design->sigma_w, b = design->sigma_b;
    if (!design->orthogonal)
        out_lines_add(lines,
                      "kernel = keras.initializers.VarianceScaling(scale=%.10g, mode='fan_in', "
                      "distribution='untruncated_normal')",
                      w * w);
    else if (widens(design))
        out_lines_add(lines,
                      "kernel = keras.initializers.Orthogonal(gain=%.10g * "
                      "max(1, units / fan_in) ** 0.5)",
                      w);
    else
        out_lines_add(lines, "kernel = keras.initializers.Orthogonal(gain=%.10g)", w);
    if (b > 0)
        out_lines_add(lines, "bias = keras.initializers.RandomNormal(mean=0.0, stddev=%.10g)", b);
    else
        out_lines_add(lines, "bias = keras.initializers.Zeros()");
    out_lines_add(lines, "layer = keras.layers.Dense(units, activation=phi,");
    out_lines_add(lines, "    kernel_initializer=kernel, bias_initializer=bias)");
}

void cli_framework_write(const char *activation, out_design *design)
{
    phi_write(activation, design);
    torch_write(design);
    jax_write(design);
    keras_write(design);
}

void cli_framework_free(out_design *design)
{
    for (int i = 0; i < OUT_FRAMEWORKS; i++)
        out_lines_free(&design->code[i]);
}
