/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The one table of commands and the one table of options. A new option is one row here and its use in a command. */
#include "cli_options.h"

#define IN(command) (1u << CLI_##command)
#define IN_NETWORK  (IN(SPECTRUM) | IN(MEANFIELD) | IN(SAMPLE) | IN(COMPARE))
#define IN_LAW      (IN(SPECTRUM) | IN(DESIGN) | IN(LIMIT)) /* commands whose result is a law */
#define IN_SAMPLING (IN(SAMPLE) | IN(COMPARE))
#define IN_DRAWN    (IN_LAW | IN(MEANFIELD) | IN(PHASE) | IN(COMPARE)) /* by --plot */
#define IN_ALL      ((1u << CLI_COMMAND_COUNT) - 1)

const cli_command cli_commands[CLI_COMMAND_COUNT] = {
    [CLI_SPECTRUM] =
        {"spectrum", "the law of the Jacobian's singular values",
         "Density, distribution function, edges, atoms, moments and quantiles of the\n"
         "singular values s of a network's input-output Jacobian, in the limit of infinite\n"
         "width; of identical layers, or of any layers with --q0, --widths or --layers.\n",
         "freejac spectrum --activation tanh --depth 200 --q 0.025 --plot spectrum.svg"},
    [CLI_MEANFIELD] =
        {"meanfield", "the length map by layer: q*, chi, depth scales, phase",
         "Where a network stands: the fixed point q* of the length map, its stability,\n"
         "chi (the mean squared gain of a layer), the phase and the depth scales; and how\n"
         "lengths q and the correlation c of two inputs get there, layer by layer.\n",
         "freejac meanfield --activation tanh --sigma-w 1.5 --q0 3 --c0 0.9 --depth 50"},
    [CLI_PHASE] =
        {"phase", "the phase diagram over (sigma_w, sigma_b)",
         "The fixed point q* of the length map, chi and the depth scale xi_c over a grid\n"
         "of (sigma_w, sigma_b); or, with --critical-line, the line chi = 1 by its q*.\n"
         "A range is A:B:N (N values from A to B), A:B:N:log, or one number.\n",
         "freejac phase --activation tanh --plot phase.svg -o phase.csv"},
    [CLI_DESIGN] =
        {"design", "the critical network whose spectrum has a wanted spread",
         "The point (q*, sigma_w, sigma_b) of the critical line where the singular values\n"
         "at a given depth spread as wanted, the spectrum there, and what to write into\n"
         "PyTorch, JAX or Keras to start a network from it.\n",
         "freejac design --activation tanh --depth 100 --var-lambda 1"},
    [CLI_LIMIT] =
        {"limit", "the universal laws of infinite depth",
         "The law of singular values that deep networks tend to, with the outputs of\n"
         "'spectrum'. Orthogonal networks on the critical line whose q*(L) keeps the\n"
         "variance of lambda = s^2 at sigma0^2 tend, as the depth L grows, to one of two\n"
         "(S(m) is the S-transform of the law of lambda):\n"
         "  smooth     tanh, erf, sin, arctan, ...   S = exp(-sigma0^2 m)\n"
         "  bernoulli  hard-tanh (phi' is 0 or 1)    S = exp(-sigma0^2 m/(1 + m))\n"
         "Residual networks, whose branches have weights of variance sigma_w^2/(N L):\n"
         "  resnet     x + phi(W x + b)              S = exp(-c (1 + 2m))\n",
         "freejac limit --class smooth --sigma0 0.5 --plot limit.svg"},
    [CLI_SAMPLE] =
        {"sample", "singular values of sampled finite networks",
         "Draws networks of finite width at random: Haar orthogonal or gaussian weights,\n"
         "gaussian biases, an input scaled so that the first layer stands at q; computes\n"
         "the Jacobian along the forward pass, and its singular values s.\n"
         "Equal seeds give equal networks, whatever the number of threads or samples.\n",
         "freejac sample --activation tanh --depth 32 --q 0.025 --width 400 -o s.csv"},
    [CLI_COMPARE] =
        {"compare", "theory against sampled networks or measured values",
         "Draws networks as 'sample' does, or takes singular values from a file, and sets\n"
         "them against the exact law: Kolmogorov's distance, moments, quantiles, the\n"
         "largest value with its finite-width prediction, zeros and atoms, the drift of\n"
         "lengths, and a verdict in words.\n",
         "freejac compare --activation tanh --depth 32 --q 0.025 --width 400"},
    [CLI_ACTIVATIONS] =
        {"activations", "the activations known, and what is special about each",
         "The activations known: phi(x), parameters with their defaults, parity, kinks,\n"
         "and the atoms of phi'^2.\n",
         "freejac activations --format csv"},
};

const char *const cli_group_titles[CLI_GROUP_COUNT] = {
    [CLI_GROUP_NETWORK] = "Network",
    [CLI_GROUP_PLACE] = "Where it stands (--q, or --sigma-w with --sigma-b)",
    [CLI_GROUP_MAP] = "What is mapped (a grid, or with --critical-line that line)",
    [CLI_GROUP_TARGET] = "What is wanted (one of these)",
    [CLI_GROUP_LIMIT] = "Which law (--class with --sigma0, or with --c)",
    [CLI_GROUP_SAMPLING] = "Sampling",
    [CLI_GROUP_POINTS] = "What is computed",
    [CLI_GROUP_OUTPUT] = "Output",
};

const cli_option cli_options[CLI_OPTION_COUNT] = {
    [CLI_ACTIVATION] = {"activation", 0, "NAME[:key=value,...]",
                        "activation function, e.g. tanh or elu:alpha=0.5; or a\n"
                        "formula in x, e.g. 'expr:x*tanh(log(1+exp(x)))';\n"
                        "'freejac activations' lists them, and says what\n"
                        "formulas may hold",
                        CLI_GROUP_NETWORK, IN_NETWORK | IN(DESIGN) | IN(PHASE)},
    [CLI_WEIGHTS] = {"weights", 0, "gaussian|orthogonal", "law of the weight matrices (orthogonal)",
                     CLI_GROUP_NETWORK, IN_NETWORK | IN(DESIGN)},
    [CLI_DEPTH] = {"depth", 0, "L", "number of layers, e.g. 200 or 1e6 (1)", CLI_GROUP_NETWORK,
                   IN_NETWORK | IN(DESIGN)},
    [CLI_WIDTHS] = {"widths", 0, "N0,N1,...,NL",
                    "layer widths, input first; they give the depth, and\n"
                    "the framework its numbers; the law is that of equal\n"
                    "ones",
                    CLI_GROUP_NETWORK, IN(DESIGN)},
    [CLI_LAYER_WIDTHS] = {"widths", 0, "N0,N1,...,NL",
                          "layer widths, input first (all equal); they give the\n"
                          "depth, the law hangs on their ratios, and it is that\n"
                          "of J^T J: N0 singular values, on the input's side",
                          CLI_GROUP_NETWORK, IN(SPECTRUM) | IN(SAMPLE) | IN(COMPARE)},
    [CLI_LAYERS] = {"layers", 0, "FILE",
                    "unequal layers from a CSV file; one a row, in columns\n"
                    "activation,weights,sigma_w,sigma_b,width; a first row\n"
                    "input,,,,N0 gives the input's width (that of layer 1);\n"
                    "'-' reads standard input",
                    CLI_GROUP_NETWORK, IN(SPECTRUM) | IN(SAMPLE) | IN(COMPARE)},
    [CLI_Q] = {"q", 0, "Q",
               "on the critical line; there chi = 1, gradients keep\n"
               "their mean size; preactivations get variance Q, and\n"
               "sigma_w and sigma_b follow",
               CLI_GROUP_PLACE, IN_NETWORK},
    [CLI_SIGMA_W] = {"sigma-w", 0, "X",
                     "weight scale; entries have variance X^2/fan-in, and\n"
                     "the variance q* of the preactivations follows",
                     CLI_GROUP_PLACE, IN_NETWORK},
    [CLI_SIGMA_B] = {"sigma-b", 0, "Y", "standard deviation of the biases (0)", CLI_GROUP_PLACE,
                     IN_NETWORK},
    [CLI_Q0] = {"q0", 0, "V",
                "start the length map at q^1 = V; then every layer has\n"
                "its own q (all at q*, which is searched for from 1)",
                CLI_GROUP_PLACE, IN_NETWORK},
    [CLI_C0] = {"c0", 0, "C", "start two inputs at correlation C, -1 to 1 (1)", CLI_GROUP_PLACE,
                IN(MEANFIELD)},
    [CLI_SIGMA_W_RANGE] = {"sigma-w", 0, "A:B:N[:log]", "weight scales (0.5:3:101)", CLI_GROUP_MAP,
                           IN(PHASE)},
    [CLI_SIGMA_B_RANGE] = {"sigma-b", 0, "A:B:N[:log]",
                           "standard deviations of the biases (0:1:81)", CLI_GROUP_MAP, IN(PHASE)},
    [CLI_Q0_SEARCH] = {"q0", 0, "V", "q* is what the length map reaches from V (1)", CLI_GROUP_MAP,
                       IN(PHASE)},
    [CLI_CRITICAL_LINE] = {"critical-line", 0, NULL, "only the line chi = 1, by its q*",
                           CLI_GROUP_MAP, IN(PHASE)},
    [CLI_Q_RANGE] = {"q", 0, "A:B:N[:log]", "with --critical-line: values of q* (0.001:10:81:log)",
                     CLI_GROUP_MAP, IN(PHASE)},
    [CLI_VAR_LAMBDA] = {"var-lambda", 0, "V", "variance of lambda = s^2 (its mean is 1)",
                        CLI_GROUP_TARGET, IN(DESIGN)},
    [CLI_S_MAX] = {"s-max", 0, "S", "largest singular value", CLI_GROUP_TARGET, IN(DESIGN)},
    [CLI_CONDITION] = {"condition", 0, "C", "ratio of the 90% and 10% quantiles of s",
                       CLI_GROUP_TARGET, IN(DESIGN)},
    [CLI_CLASS] = {"class", 0, "smooth|bernoulli|resnet", "which of the universal laws",
                   CLI_GROUP_LIMIT, IN(LIMIT)},
    [CLI_SIGMA0] = {"sigma0", 0, "X",
                    "for smooth and bernoulli, the standard deviation of\n"
                    "lambda; sigma0^2 = L Var(phi'^2)/E[phi'^2]^2",
                    CLI_GROUP_LIMIT, IN(LIMIT)},
    [CLI_C] = {"c", 0, "C", "for resnet, the mean of sigma_w^2 E[phi'^2] by layer", CLI_GROUP_LIMIT,
               IN(LIMIT)},
    [CLI_WIDTH] = {"width", 0, "N",
                   "neurons of every layer, and inputs, where neither\n"
                   "--widths nor --layers gives them (1000)",
                   CLI_GROUP_SAMPLING, IN_SAMPLING},
    [CLI_SAMPLES] = {"samples", 0, "K", "networks to draw (1)", CLI_GROUP_SAMPLING, IN_SAMPLING},
    [CLI_SEED] = {"seed", 0, "S", "which networks; any whole number (1)", CLI_GROUP_SAMPLING,
                  IN_SAMPLING},
    [CLI_INPUT] = {"input", 0, "gaussian|cifar10:DIR",
                   "what feeds the network; gaussian numbers, or images\n"
                   "of CIFAR-10 from the directory of its binary version,\n"
                   "of each the N numbers nearest to its centre (gaussian)",
                   CLI_GROUP_SAMPLING, IN_SAMPLING},
    [CLI_VALUES] = {"values", 0, "FILE",
                    "singular values measured elsewhere; one a line, or a\n"
                    "CSV file with a column 's' (and, for several\n"
                    "networks, 'sample'); '-' reads standard input",
                    CLI_GROUP_SAMPLING, IN(COMPARE)},
    [CLI_POINTS] = {"points", 0, "N", "number of points over the support (400)", CLI_GROUP_POINTS,
                    IN_LAW},
    [CLI_GRID] = {"grid", 0, "linear|log|auto",
                  "how the points are spread (auto); auto is dense\n"
                  "towards the edges, in log s where the law spans\n"
                  "decades",
                  CLI_GROUP_POINTS, IN_LAW},
    [CLI_AT] = {"at", 0, "S1,S2,...|@FILE",
                "these points instead, in this order; in a file, parted\n"
                "by commas or white space, with comments behind '#'",
                CLI_GROUP_POINTS, IN_LAW},
    [CLI_QUANTILES] = {"quantiles", 0, "P1,P2,...",
                       "the quantiles of s at these probabilities\n"
                       "(0.01,0.1,0.5,0.9,0.99)",
                       CLI_GROUP_POINTS, IN_LAW | IN_SAMPLING},
    [CLI_MOMENTS] = {"moments", 0, "K", "moments of lambda = s^2 up to order K (4)",
                     CLI_GROUP_POINTS, IN_LAW},
    [CLI_DIGITS] = {"digits", 0, "D",
                    "every number to D correct digits, up to 990 (in\n"
                    "double, about 12); what you give is meant as written:\n"
                    "0.3 is three tenths; identical layers, no formulas;\n"
                    "quantiles only where --quantiles asks for them",
                    CLI_GROUP_POINTS, IN(SPECTRUM)},
    [CLI_FORMAT] = {"format", 0, "table|csv|json",
                    "form of the output (table, or what -o's name says)", CLI_GROUP_OUTPUT, IN_ALL},
    [CLI_OUTPUT] = {"output", 'o', "FILE", "write to FILE; .csv and .json at its end set the form",
                    CLI_GROUP_OUTPUT, IN_ALL},
    [CLI_PLOT] = {"plot", 0, "FILE.svg|.png|.pdf", "draw the result, too; needs gnuplot",
                  CLI_GROUP_OUTPUT, IN_DRAWN},
    [CLI_THREADS] = {"threads", 0, "N", "threads to use (one a processor)", CLI_GROUP_OUTPUT,
                     IN(PHASE) | IN_SAMPLING},
    [CLI_DIGITS_THREADS] = {"threads", 0, "N", "threads to use with --digits (one a processor)",
                            CLI_GROUP_OUTPUT, IN(SPECTRUM)},
    [CLI_QUIET] = {"quiet", 0, NULL, "no warnings, no progress bar", CLI_GROUP_OUTPUT, IN_ALL},
    [CLI_HELP] = {"help", 0, NULL, "show this help", CLI_GROUP_OUTPUT, IN_ALL},
};

int cli_option_valid(cli_option_id id, const cli_command *command)
{
    return (cli_options[id].commands >> (command - cli_commands) & 1u) != 0;
}
