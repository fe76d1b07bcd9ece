# SPDX-License-Identifier: GPL-3.0-or-later
# The largest singular value against depth and against q*. README.md has the commands before.
figure = 'largest'; high = 480
load system("dirname '".ARG0."'").'/style.gp'
set multiplot
set label 1 'Largest singular value of tanh networks on the critical line' at screen 0.5,0.965 center font ',16'
set logscale xy
set format x '10^{%L}'
set ylabel 'largest singular value s_{max}' offset 0.4,0
set tmargin screen 0.86; set bmargin screen 0.13
file(kind, weights, at) = headers(sprintf('largest-%s-%s-%s-*.csv', kind, weights, at), \
    (kind eq 'q' ? 'q_star' : kind).' s_max var_lambda')
last(pipe) = pipe.' | sed -n "1p;\$p"' # names and the last row, for the label of a curve
# of a product of L gaussian matrices: lambda_max = (L+1)^(L+1)/L^L
linear(depth) = exp(((depth + 1)*log(depth + 1) - depth*log(depth))/2)
array q = ['0.001', '0.01', '0.1', '1']
array depth = ['10', '100', '1000', '10000']
array point = [6, 4, 8, 12] # open circle, square, triangle, diamond
set key left top reverse Left

set lmargin screen 0.075; set rmargin screen 0.415
set title 'against depth' offset 0,-0.6
set xlabel 'depth L' offset 0,0.3
set xrange [1:1e6]; set yrange [0.9:4000]
plot 1/0 with lines lw 2 lc rgb gaussian title 'gaussian weights', \
     1/0 with lines lw 2 lc rgb orthogonal title 'orthogonal weights', \
     for [i=1:4] file('depth', 'gaussian', q[i]) using 'depth':'s_max' with linespoints lw 1.6 pt point[i] lc rgb gaussian notitle, \
     for [i=1:4] file('depth', 'orthogonal', q[i]) using 'depth':'s_max' with linespoints lw 1.6 pt point[i] lc rgb orthogonal notitle, \
     for [i=1:4] last(file('depth', 'orthogonal', q[i])) using 'depth':'s_max':('q* = '.q[i]) with labels left offset 1,0 notitle, \
     for [i=1:4] file('depth', 'orthogonal', q[i]) using 'depth':(sqrt(exp(1)*column('var_lambda'))) with lines lw 1.5 dt 2 lc rgb black title i == 1 ? '(e Var s²)^{1/2}, orthogonal' : ''
unset label 1

set lmargin screen 0.585; set rmargin screen 0.905
set title 'against q*' offset 0,-0.6
set xlabel 'variance of the preactivations, q*' offset 0,0.3
set xrange [1e-4:3]
plot for [i=1:4] file('q', 'gaussian', depth[i]) using 'q_star':'s_max' with linespoints lw 1.6 pt point[i] lc rgb gaussian notitle, \
     for [i=1:4] file('q', 'orthogonal', depth[i]) using 'q_star':'s_max' with linespoints lw 1.6 pt point[i] lc rgb orthogonal notitle, \
     for [i=1:4] last(file('q', 'orthogonal', depth[i])) using 'q_star':'s_max':('L = '.depth[i]) with labels left offset 1,0 notitle, \
     for [i=1:4] linear(depth[i]) with lines lw 1.5 dt 3 lc rgb black title i == 1 ? 'linear network, gaussian weights' : ''
unset multiplot
