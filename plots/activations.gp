# SPDX-License-Identifier: GPL-3.0-or-later
# GELU, SiLU, ELU and SELU at equal depth and equal q*, and the variance that one layer of each adds. README.md has the commands before.
figure = 'activations'; high = 800
load system("dirname '".ARG0."'").'/style.gp'
array names = ['gelu', 'silu', 'elu', 'selu']
array called = ['GELU', 'SiLU', 'ELU', 'SELU']
array colours = [orange, green, blue, purple]
array depths = [4, 16, 64]
array lows = [-3, -5, -8]
set multiplot
set label 1 'GELU, SiLU, ELU and SELU at equal depth and q* = 0.5: orthogonal weights, on the critical line' at screen 0.5,0.973 center font ',16'
set tmargin screen 0.895; set bmargin screen 0.56
set xlabel 'log_{10}(s)' offset 0,0.4
set yrange [0:*]
do for [c=1:3] {
    set lmargin screen 0.09 + 0.31*(c - 1)
    set rmargin screen 0.09 + 0.31*(c - 1) + 0.265
    set title sprintf('L = %d', depths[c]) offset 0,-0.6
    if (c == 1) { set ylabel 'density per decade' offset 0.7,0; set key left top reverse Left } else { unset ylabel; unset key }
    set xrange [lows[c]:1.3]
    step = c == 3 ? 2 : 1
    set xtics step
    plot for [i=1:4] sprintf('activations-%s-%d.csv', names[i], depths[c]) using 'log10_s':'density_log10' \
        with lines lw 2 lc rgb colours[i] title called[i]
    unset label 1
}
set lmargin screen 0.09; set rmargin screen 0.9; set tmargin screen 0.43; set bmargin screen 0.085
set title 'variance of s² that each layer adds; open: the fixed point repels' offset 0,-0.6
set xlabel 'variance of the preactivations, q*'
set ylabel 'Var s² / L' offset 2.2,0
set logscale xy
set format x '10^{%L}'
set xtics autofreq
set xrange [1e-3:50]; set yrange [1e-3:4]
unset key
set label 2 'ReLU' at 55,1.35 left
set label 3 'tanh' at 18,3.4 left tc rgb grey
set label 4 'SELU' at 1.2e-3,0.3 left tc rgb purple
set label 5 'GELU' at 1.25e-3,0.03 left tc rgb '#B07700'
set label 6 'SiLU' at 2.7e-3,0.0075 left tc rgb green
set label 7 'ELU' at 3.2e-3,0.0027 left tc rgb blue
one(name) = headers('activations-one-'.name.'-*.csv', 'q_star var_lambda stable')
is(kind) = stringcolumn('stable') eq kind ? column('var_lambda') : NaN
plot one('tanh') using 'q_star':'var_lambda' with lines lw 1.6 dt 2 lc rgb grey, \
     one('relu') using 'q_star':'var_lambda' with lines lw 1.6 dt 2 lc rgb black, \
     for [i=1:4] one(names[i]) using 'q_star':'var_lambda' with lines lw 2 lc rgb colours[i], \
     for [i=1:4] one(names[i]) using 'q_star':(is('yes')) with points pt 7 ps 0.7 lc rgb colours[i], \
     for [i=1:4] one(names[i]) using 'q_star':(is('no')) with points pt 6 ps 0.9 lw 1.5 lc rgb colours[i]
unset multiplot
