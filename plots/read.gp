# SPDX-License-Identifier: GPL-3.0-or-later
# A spectrum's CSV read by gnuplot:  gnuplot -c read.gp SPECTRUM.csv PICTURE.svg
set datafile separator ','
set datafile columnheaders # the first line that is no comment
s_max = real(system("sed -n 's/^# s_max: //p' '".ARG1."'"))
set print '-'
print sprintf('s_max %.10g', s_max)
set terminal svg size 700,450 font 'sans-serif,14' background '#FFFFFF'
set output ARG2
set xlabel 'singular value s'
set ylabel 'density per unit s'
set xrange [0:1.05*s_max]
set arrow from s_max, graph 0 to s_max, graph 1 nohead dt 2
set label 's_{max}' at s_max, graph 0.95 right offset -0.5,0
plot ARG1 using 's':'density' with lines lw 2 lc '#D55E00' notitle
