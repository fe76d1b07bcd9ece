# SPDX-License-Identifier: GPL-3.0-or-later
# Sampled networks (bars) under the exact law (line), five activations at four depths. README.md has the commands before.
# For each panel: 1. the range of log10 s, from where 1 % of the continuous part lies below, or 1e-8; 2. bars of the values
# that lie neither on an atom nor below the rounding of the largest; 3. text: Kolmogorov's distance, atoms.
figure = 'spectra'; high = 1240
load system("dirname '".ARG0."'").'/style.gp'
array names = ['linear', 'relu', 'hard-tanh', 'tanh', 'erf']
array heads = ['linear, gaussian weights', 'ReLU, orthogonal weights', 'hard-tanh, orthogonal weights, q* = 0.2', \
    'tanh, orthogonal weights, q* = 0.2', 'erf, orthogonal weights, q* = 0.2']
array depths = [2, 8, 32, 128]
bars = 26
# where the density has a pole at the edge, values lie on it, but for rounding
inside(x) = x > end && x < end + 1e-12 ? end - bar/4 : x
free(s, atom, least) = s > least && log10(s) >= low && abs(s - atom) > 1e-6*s

set multiplot
set tics font ',12'
set label 1 'One sampled network of width 700 each (bars) and the exact law (line)' at screen 0.5,0.986 center font ',16'
set label 4 'D: Kolmogorov distance of their distribution functions. Atoms in words: mass (share of the sampled values); in green: whole height is mass 1.' \
    at screen 0.5,0.966 center font ',12'
unset key; unset grid
set style fill solid 1 noborder
do for [r=1:5] {
    set label 2 '{/:Bold '.heads[r].'}' at screen 0.07,1.118 - 0.182*r left
    do for [c=1:4] {
        name = sprintf('%s-%d.csv', names[r], depths[c])
        law_file = 'spectra-law-'.name; sample_file = 'spectra-sample-'.name; compare_file = 'spectra-compare-'.name
        atoms = header(law_file, 'atoms')
        values = real(header(compare_file, 'values_count'))
        low = real(system(sprintf("awk -F, -v zero=%.9g '/^[0-9]/ && $3 > zero + 0.01 * (1 - zero) {print $4; exit}' %s", \
            mass_zero(atoms), law_file)))
        low = low < -8 ? -8 : low
        end = log10(real(header(law_file, 's_max')))
        bar = (end - low)/bars
        high_end = end + 2*bar # an edge of the law is an edge of a bar
        least = 2.3e-16*values*10**end
        set table $bars
        plot sample_file using (free(column('s'), atom_s(atoms), least) ? middle(inside(log10(column('s'))), low, bar) : NaN):(1/(values*bar)) \
            smooth frequency
        unset table
        unset datafile columnheaders
        set datafile separator whitespace
        set xrange [*:*]; set yrange [*:*]
        stats $bars using 2 nooutput
        top = 1.8*STATS_max
        set lmargin screen 0.07 + 0.238*(c - 1)
        set rmargin screen 0.07 + 0.238*(c - 1) + 0.198
        set tmargin screen 1.108 - 0.182*r
        set bmargin screen 1.108 - 0.182*r - 0.135
        set xrange [low:high_end]; set yrange [0:top]
        step = high_end - low > 5 ? 2 : high_end - low > 2 ? 1 : high_end - low > 0.8 ? 0.5 : 0.2
        set xtics step
        step = nice(top/3.5)
        set ytics step
        if (c == 1) { set ylabel 'density per decade' offset 2.1,0 } else { unset ylabel }
        if (r == 5) { set xlabel 'log_{10}(s)' offset 0,0.3 } else { unset xlabel }
        said = sprintf('{/:Bold L = %d}', depths[c])
        distance = header(compare_file, 'ks_distance')
        said = said.(distance eq 'nan' ? '' : sprintf('   D = %.4f', real(distance)))
        if (mass_zero(atoms) > 0) {
            said = said.sprintf("\nat 0: %.3f (%.3f)", mass_zero(atoms), real(header(compare_file, 'zeros'))/values)
        }
        if (atom_s(atoms) > 0) {
            said = said.sprintf("\nat %.3f: %.3f (%.3f)", atom_s(atoms), atom_mass(atoms), real(header(compare_file, 'on_atoms'))/values)
            set arrow 1 from log10(atom_s(atoms)), graph 0 to log10(atom_s(atoms)), graph atom_mass(atoms) \
                nohead lw 3 lc rgb green front
        }
        set label 3 said at graph 0.04, graph 0.91 left font ',12' front
        plot $bars using 1:2:(bar) with boxes lc rgb bar_colour, \
             '< grep -v "^[#s]" '.law_file.' | tr , " "' using ($4 >= low ? $4 : NaN):5 with lines lw 1.8 lc rgb law
        set datafile columnheaders
        set datafile separator ','
        unset label 3; unset arrow; unset label 1; unset label 2; unset label 4
    }
}
unset multiplot
