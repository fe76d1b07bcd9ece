# SPDX-License-Identifier: GPL-3.0-or-later
# tanh networks with one narrow layer in the middle: sampled (bars) and exact (line). README.md has the commands before.
figure = 'bottleneck'; high = 640
load system("dirname '".ARG0."'").'/style.gp'
array kinds = ['gaussian', 'orthogonal']
array narrow = [1000, 500, 200, 50]
bars = 25
set multiplot
set label 1 'A narrow layer in the middle: tanh, widths 1000, 1000, 1000, B, 1000, 1000, 1000, q* = 0.1' at screen 0.5,0.97 center font ',16'
set label 4 'One sampled network each (bars) and the exact law (line). At 0: mass (share of the sampled values); in green: whole height is mass 1. D: Kolmogorov distance.' \
    at screen 0.5,0.925 center font ',12'
set tics font ',12'
unset key; unset grid
set style fill solid 1 noborder
do for [r=1:2] {
    set label 2 '{/:Bold '.kinds[r].' weights}' at screen 0.07,1.297 - 0.43*r left
    do for [c=1:4] {
        name = sprintf('%s-%d.csv', kinds[r], narrow[c])
        law_file = 'bottleneck-law-'.name; sample_file = 'bottleneck-sample-'.name; compare_file = 'bottleneck-compare-'.name
        values = real(header(compare_file, 'values_count'))
        end = real(header(law_file, 's_max'))
        bar = end/bars
        high_end = end + 2*bar # the edge of the law is an edge of a bar
        set xrange [*:*]; set yrange [*:*]
        set table $bars
        plot sample_file using (column('s') > 0 ? middle(column('s'), 0, bar) : NaN):(1/(values*bar)) smooth frequency
        unset table
        unset datafile columnheaders
        set datafile separator whitespace
        stats $bars using 2 nooutput
        top = 1.6*STATS_max
        set lmargin screen 0.07 + 0.238*(c - 1)
        set rmargin screen 0.07 + 0.238*(c - 1) + 0.19
        set tmargin screen 1.275 - 0.43*r
        set bmargin screen 1.275 - 0.43*r - 0.325
        set xrange [-0.6*bar:high_end]; set yrange [0:top]
        step = nice(high_end/2.5)
        set xtics step
        step = nice(top/3.5)
        set ytics step
        if (c == 1) { set ylabel 'density per unit s' offset 1.9,0 } else { unset ylabel }
        if (r == 2) { set xlabel 'singular value s' offset 0,0.5 } else { unset xlabel }
        mass = mass_zero(header(law_file, 'atoms'))
        said = sprintf('{/:Bold B = %d}   D = %.4f', narrow[c], real(header(compare_file, 'ks_distance')))
        if (mass > 0) {
            said = said.sprintf("\nat 0: %.3f (%.3f)", mass, real(header(compare_file, 'zeros'))/values)
            set arrow 1 from 0, graph 0 to 0, graph mass nohead lw 3 lc rgb green front
        }
        set label 3 said at graph 0.93, graph 0.93 right font ',12' front
        plot $bars using 1:2:(bar) with boxes lc rgb bar_colour, \
             '< grep -v "^[#s]" '.law_file.' | tr , " "' using 1:2 with lines lw 1.8 lc rgb law
        set datafile columnheaders
        set datafile separator ','
        unset label 3; unset arrow; unset label 1; unset label 2; unset label 4
    }
}
unset multiplot
