# SPDX-License-Identifier: GPL-3.0-or-later
# What all figures share; loaded by each script, which sets `figure` (its name) and `high` (pixels) first.
# 1. the terminal: SVG, or PNG where the environment has FORMAT=png;
# 2. colours of Okabe and Ito, which the colour-blind can tell apart, one meaning each;
# 3. lines, grid, key;
# 4. functions that read the `# key: value` lines of freejac's CSV, and some for bars and tics.
set encoding utf8
wide = 1000
form = system('echo "${FORMAT:-svg}"')
if (form eq 'png') {
    set terminal pngcairo size 1.5*wide,1.5*high background '#FFFFFF' font 'sans,14' fontscale 1.5 linewidth 1.5 pointscale 1.5
} else {
    set terminal svg size wide,high background '#FFFFFF' font 'sans-serif,14'
}
set output figure.'.'.form
set datafile separator ','
set datafile columnheaders

black = '#000000'; grey = '#777777'; orange = '#E69F00'; sky = '#56B4E9'
green = '#009E73'; blue = '#0072B2'; red = '#D55E00'; purple = '#CC79A7'
law = red        # the exact law
bar_colour = '#A9CFE8'
orthogonal = blue
gaussian = red
array depth_shades = ['#9ECAE1', '#56B4E9', '#0072B2', '#08306B'] # the deeper the darker

set border 3 lc '#444444'
set tics nomirror out scale 0.6
set grid lc '#DDDDDD' lt 1 lw 0.7
set key samplen 1.8 spacing 1.1

# The value of a key in the comments of one file, as text; the first one of equal keys.
header(file, key) = system("sed -n 's/^# ".key.": //p' '".file."' | head -n 1")
# A pipe to plot from: one row for each file that the pattern names, with the values of the keys (parted by blanks) as columns
# that bear their names, sorted by the first.
headers(pattern, keys) = "< awk -v keys='".keys."' 'function row(i, line) { ".\
    "for (i = 1; i <= n; i++) line = line (i > 1 ? \",\" : \"\") value[key[i]]; print line } ".\
    "BEGIN { n = split(keys, key, \" \"); gsub(\" \", \",\", keys); print keys } ".\
    "FNR == 1 { if (NR > 1) row(); split(\"\", value) } ".\
    "/^# / { name = substr($0, 3, index($0, \": \") - 3); if (!(name in value)) value[name] = substr($0, index($0, \": \") + 2) } ".\
    "END { row() }' ".pattern." | LC_ALL=C sort -t, -k1,1g"
# Of a line of atoms such as 's=0,mass=0.5 s=1.1,mass=0.2': the mass at 0, then place and mass of the one above 0; 0 if none.
mass_zero(atoms) = word(atoms, 1)[1:4] eq 's=0,' ? real(word(atoms, 1)[10:*]) : 0
last_atom(atoms) = word(atoms, words(atoms))
comma_of(atoms) = last_atom(atoms)[1:4] eq 's=0,' ? 0 : strstrt(last_atom(atoms), ',')
atom_s(atoms) = comma_of(atoms) ? real(last_atom(atoms)[3:comma_of(atoms) - 1]) : 0
atom_mass(atoms) = comma_of(atoms) ? real(last_atom(atoms)[comma_of(atoms) + 6:*]) : 0
# The middle of the bar that x falls into; bars of a histogram begin at `low`. gnuplot's own `bins` are centred at multiples of
# their width, and do not end where a law ends.
middle(x, low, bar) = low + bar*(floor((x - low)/bar) + 0.5)
# A step between tics: 1, 2 or 5 times 10^n.
nice(x) = 10**floor(log10(x))*(x/10**floor(log10(x)) < 2 ? 1 : x/10**floor(log10(x)) < 5 ? 2 : 5)
