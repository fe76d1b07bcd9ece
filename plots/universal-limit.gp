# SPDX-License-Identifier: GPL-3.0-or-later
# Drawn by universal-limit.py, which makes the tables and sets terminal, figure and the slopes. Colours: Okabe and Ito.
set encoding utf8
eval "set terminal ".terminal
set output figure
set border 3 lc '#444444'
set tics nomirror
set grid lc '#dddddd' lt 1 lw 0.7
set key samplen 1.6 spacing 1.15 textcolor '#333333'
shade(i) = i == 0 ? '#9ecae1' : i == 1 ? '#56b4e9' : i == 2 ? '#0072b2' : '#08306b'
stem(name, depth) = sprintf("%s-atoms-%d.dat", name, depth)
set multiplot
set label 1 'From finite depth to the universal laws: orthogonal networks on the critical line, q*(L) such that Var s² = σ₀² = 1/4' at screen 0.5,0.972 center

set lmargin screen 0.08; set rmargin screen 0.485; set tmargin screen 0.91; set bmargin screen 0.555
set xlabel 'singular value s' offset 0,0.4
set ylabel 'density per unit s' offset 1.2,0
set xrange [0.3:1.75]; set yrange [0:2.4]
set title 'smooth class: tanh' offset 0,-0.6
plot for [i=0:3] sprintf("tanh-%d.dat", 10**(i + 1)) with lines lw 1.8 lc rgb shade(i) \
         title sprintf("L = %d", 10**(i + 1)), \
     'tanh-0.dat' with lines lw 2 dt 2 lc rgb '#D55E00' title 'L = ∞'
unset label 1

set lmargin screen 0.575; set rmargin screen 0.98
set xrange [0:1.25]; set yrange [0:1]
set ylabel 'density per unit s; masses of atoms' offset 1.2,0
set title 'Bernoulli class: hard-tanh' offset 0,-0.6
set key at graph 0.88,0.98 right top
array depths[4] = [2, 5, 20, 100]
plot for [i=1:4] sprintf("hard-tanh-%d.dat", depths[i]) with lines lw 1.8 lc rgb shade(i - 1) \
         title sprintf("L = %d", depths[i]), \
     for [i=1:4] stem('hard-tanh', depths[i]) with impulses lw 2 lc rgb shade(i - 1) notitle, \
     for [i=1:4] stem('hard-tanh', depths[i]) with points pt 7 ps 0.6 lc rgb shade(i - 1) notitle, \
     'hard-tanh-0.dat' with lines lw 2 dt 2 lc rgb '#D55E00' title 'L = ∞', \
     stem('hard-tanh', 0) with impulses lw 2 dt 2 lc rgb '#D55E00' notitle

set lmargin screen 0.08; set rmargin screen 0.98; set tmargin screen 0.425; set bmargin screen 0.085
set title 'largest distance of the distribution functions, away from the atom' offset 0,-0.6
set logscale xy
set format '10^{%L}'
set xrange [7:1.5e6]; set yrange [1e-7:0.3]
set xlabel 'depth L' offset 0,0.3
set ylabel 'D(L)' offset 0.5,0
set ytics 10
set key inside bottom left
set style line 1 lc rgb '#0072B2' lw 1.6 pt 6 ps 1.3
set style line 2 lc rgb '#009E73' lw 1.6 dt 2 pt 5 ps 0.5
set style line 3 lc rgb '#D55E00' lw 1.6 pt 9 ps 0.8
plot 'distance-tanh.dat' with linespoints ls 1 title sprintf("tanh: L^{%.3f}", slope_tanh), \
     'distance-erf.dat' with linespoints ls 2 title sprintf("erf: L^{%.3f}", slope_erf), \
     'distance-hard-tanh.dat' with linespoints ls 3 title sprintf("hard-tanh: L^{%.3f}", slope_hard_tanh)
unset multiplot
unset output
