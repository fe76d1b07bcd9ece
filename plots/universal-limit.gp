# SPDX-License-Identifier: GPL-3.0-or-later
# From finite depth to the universal laws, and how fast. README.md has the commands before.
# 1. densities at four depths with their limit, for both classes; masses of atoms as stems;
# 2. D(L): the largest distance of the distribution functions of network and limit at equal s;
# 3. its slope over the last three decades, by least squares.
figure = 'universal-limit'; high = 860
load system("dirname '".ARG0."'").'/style.gp'
set multiplot
set label 1 'From finite depth to the universal laws: orthogonal weights, q*(L) such that Var s² = σ_0² = 1/4' at screen 0.5,0.978 center font ',16'

set lmargin screen 0.075; set rmargin screen 0.485; set tmargin screen 0.915; set bmargin screen 0.56
set xlabel 'singular value s' offset 0,0.4
set ylabel 'density per unit s' offset 0.7,0
set xrange [0.3:1.6]; set yrange [0:2.4]
set title 'smooth class: tanh' offset 0,-0.6
set key right top
array depths = [10, 100, 1000, 10000]
plot for [i=1:4] sprintf('limit-tanh-%d.csv', depths[i]) using 's':'density' with lines lw 1.8 lc rgb depth_shades[i] \
         title sprintf('L = %d', depths[i]), \
     'limit-smooth.csv' using 's':'density' with lines lw 2 dt 2 lc rgb law title 'L = ∞'
unset label 1

# the atom above 0 of a file: place and mass in two columns
atom(file) = "< echo s,mass; sed -n 's/^# atoms: //p' ".file." | tr ' ' '\\n' | sed -n '/^s=0,/d; s/^s=\\(.*\\),mass=/\\1,/p'"
set lmargin screen 0.58; set rmargin screen 0.985
set xrange [0:1.25]; set yrange [0:1]
set ylabel 'density per unit s; masses of atoms'
set title 'Bernoulli class: hard-tanh' offset 0,-0.6
set key at graph 0.84,0.98 right top
array depths = [2, 5, 20, 100]
plot for [i=1:4] sprintf('limit-hard-tanh-%d.csv', depths[i]) using 's':'density' with lines lw 1.8 lc rgb depth_shades[i] \
         title sprintf('L = %d', depths[i]), \
     for [i=1:4] atom(sprintf('limit-hard-tanh-%d.csv', depths[i])) using 's':'mass' with impulses lw 2 lc rgb depth_shades[i] notitle, \
     for [i=1:4] atom(sprintf('limit-hard-tanh-%d.csv', depths[i])) using 's':'mass' with points pt 7 ps 0.6 lc rgb depth_shades[i] notitle, \
     'limit-bernoulli.csv' using 's':'density' with lines lw 2 dt 2 lc rgb law title 'L = ∞', \
     atom('limit-bernoulli.csv') using 's':'mass' with impulses lw 2 dt 2 lc rgb law notitle

# the distribution function of one file less that of another, at the same s
difference(file, goal) = "< awk -F, -v OFS=, 'BEGIN { print \"s\", \"difference\" } !/^[0-9]/ { next } ".\
    "NR == FNR { f[$1] = $3; next } { print $1, $3 - f[$1] }' ".goal." ".file
array names = ['tanh', 'erf', 'hard-tanh']
array classes = ['smooth', 'smooth', 'bernoulli']
array depths = [10, 30, 100, 300, 1000, 3000, 10000, 30000, 100000, 300000, 1000000]
array slopes[3]
set xrange [*:*]; set yrange [*:*]
do for [i=1:3] {
    set print $found
    print '"L","D"'
    do for [j=1:|depths|] {
        stats difference(sprintf('limit-%s-%d-cdf.csv', names[i], depths[j]), sprintf('limit-%s-cdf.csv', classes[i])) \
            using (abs(column('difference'))) nooutput
        print sprintf('%d,%.9g', depths[j], STATS_max)
    }
    unset print
    eval sprintf('set print $distance_%d; print $found; unset print', i)
    stats $found using (column('L') >= 1000 ? log(column('L')) : NaN):(log(column('D'))) nooutput
    slopes[i] = STATS_slope
}
set lmargin screen 0.075; set rmargin screen 0.985; set tmargin screen 0.435; set bmargin screen 0.075
set title 'largest distance of the distribution functions on the continuous part of the limit' offset 0,-0.6
set logscale xy
set format '10^{%L}'
set xrange [7:1.5e6]; set yrange [1e-7:0.3]
set xlabel 'depth L' offset 0,0.3
set ylabel 'D(L)' offset 1.8,0
set ytics 10
set key inside bottom left
plot $distance_1 using 'L':'D' with linespoints lw 1.6 pt 6 ps 1.3 lc rgb blue title sprintf('tanh: L^{%.3f}', slopes[1]), \
     $distance_2 using 'L':'D' with linespoints lw 1.6 dt 2 pt 5 ps 0.5 lc rgb green title sprintf('erf: L^{%.3f}', slopes[2]), \
     $distance_3 using 'L':'D' with linespoints lw 1.6 pt 9 ps 0.8 lc rgb purple title sprintf('hard-tanh: L^{%.3f}', slopes[3])
unset multiplot
