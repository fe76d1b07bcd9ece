# SPDX-License-Identifier: GPL-3.0-or-later
# q* over (sigma_w, sigma_b) as colour, and the critical line with q* marked along it. README.md has the commands before.
figure = 'phase'; high = 500
load system("dirname '".ARG0."'").'/style.gp'
array names = ['tanh', 'hard-tanh']
set multiplot
unset grid
set border 15
# half decades of q*, light to dark; what is smaller than the least takes its colour
set palette maxcolors 8 defined (0 '#FFFFF0', 0.25 '#E3F1C2', 0.5 '#9CD5BE', 0.75 '#4FA9C8', 1 '#2F6DB0')
set cbrange [-3:1]
set cbtics ('≤ 0.001' -3, '0.01' -2, '0.1' -1, '1' 0, '10' 1) scale 0
set xrange [0.5:3]; set yrange [0:1]
set xtics 0.5; set ytics 0.2
set xlabel 'standard deviation of the weights, σ_w' offset 0,0.3
set label 1 'ordered: χ < 1' at 0.56,0.93 left front
set label 2 'chaotic: χ > 1' at 2.94,0.06 right front tc '#FFFFFF'
set label 3 'Where the lengths settle, q*, and the line χ = 1 between order and chaos' at screen 0.5,0.965 center font ',16'
do for [i=1:2] {
    set lmargin screen 0.085 + 0.425*(i - 1)
    set rmargin screen 0.47 + 0.425*(i - 1)
    set tmargin screen 0.87
    set bmargin screen 0.13
    set title names[i] offset 0,-0.6
    if (i == 1) {
        set ylabel 'standard deviation of the biases, σ_b' offset 0.6,0
        unset colorbox
    } else {
        unset ylabel
        set format y ''
        set colorbox user origin screen 0.915,0.13 size screen 0.02,0.74
        set label 4 'q*' at screen 0.925,0.91 center
        unset label 3
    }
    marks = 'phase-marks-'.names[i].'.csv'
    plot 'phase-'.names[i].'.csv' using 'sigma_w':'sigma_b':(log10(column('q_star') > 1e-3 ? column('q_star') : 1e-3)) with image notitle, \
         'phase-line-'.names[i].'.csv' using 'sigma_w':'sigma_b' with lines lw 2.5 lc rgb black notitle, \
         marks using 'sigma_w':'sigma_b' with points pt 7 ps 0.8 lc rgb black notitle, \
         marks using 'sigma_w':'sigma_b':(sprintf('q* = %g', column('q_star'))) with labels left offset 0.9,0.3 notitle
}
unset multiplot
