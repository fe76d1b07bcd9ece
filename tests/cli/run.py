#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of the program freejac from outside, in TAP:  run.py PATH-OF-FREEJAC [PART]"""

import sys

if len(sys.argv) < 2:
    sys.exit("usage: run.py PATH-OF-FREEJAC [contract|wrong|files|meanfield|design|limit|layers|expr|digits|sample|compare|manual|completion|readme|theory]")

import check_contract
import check_design
import check_digits
import check_files
import check_expr
import check_layers
import check_limit
import check_manual
import check_meanfield
import check_compare
import check_completion
import check_readme
import check_sample
import check_theory
import check_wrong
import tap

PARTS = {"contract": check_contract, "wrong": check_wrong, "files": check_files,
         "meanfield": check_meanfield, "design": check_design, "limit": check_limit,
         "layers": check_layers, "expr": check_expr, "sample": check_sample, "digits": check_digits, "compare": check_compare,
         "manual": check_manual, "completion": check_completion, "readme": check_readme, "theory": check_theory}

for name in sys.argv[2:] or PARTS:
    PARTS[name].all_checks()
tap.finish()
