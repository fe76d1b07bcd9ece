# SPDX-License-Identifier: GPL-3.0-or-later
# Drawn by figure-2.py, which makes the tables and sets terminal and figure. Colours: Okabe and Ito.
set encoding utf8
eval "set terminal ".terminal
set output figure
set border 3 lc '#444444'
set tics nomirror
unset key
array names[3] = ['linear, gaussian', 'ReLU, orthogonal', 'hard-tanh, orthogonal, q* = 0.2']
array depths[4] = [2, 8, 32, 128]
set multiplot
set label 100 'Singular values of one sampled network of width 1000 each (bars) and the exact law (line); D: Kolmogorov distance; atoms: share of the values (mass)' at screen 0.5,0.978 center
do for [r=0:2] { do for [c=0:3] {
    load sprintf("%d-%d.gp", r, c)
    set lmargin screen 0.055 + 0.24*c
    set rmargin screen 0.055 + 0.24*c + 0.195
    set tmargin screen 0.915 - 0.31*r
    set bmargin screen 0.915 - 0.31*r - 0.225
    set title sprintf("%s, L = %d", names[r + 1], depths[c + 1]) offset 0,-0.6 font ',12'
    set xrange [0:end]
    # the densities of the first two rows span decades
    if (r < 2) { set logscale y; set yrange [low:3*high] } else { unset logscale y; set yrange [0:high] }
    set xtics autofreq format '%g'
    set ytics autofreq
    if (c == 0) { set ylabel 'density per unit s' offset 1.5,0 } else { unset ylabel }
    if (r == 2) { set xlabel 's' offset 0,0.6 } else { unset xlabel }
    set boxwidth 0.88*wide
    plot sprintf("%d-%d.bars", r, c) using 1:2 with boxes fc '#9ecae1' fs solid 0.9 noborder, \
         sprintf("%d-%d.law", r, c) using 1:2 with lines lw 1.8 lc '#D55E00'
    unset arrow
    unset label
} }
unset multiplot
unset output
