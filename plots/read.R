# SPDX-License-Identifier: GPL-3.0-or-later
# A spectrum's CSV read by R:  Rscript read.R SPECTRUM.csv PICTURE.svg
arguments <- commandArgs(trailingOnly = TRUE)
table <- read.csv(arguments[1], comment.char = "#")
comments <- grep("^# ", readLines(arguments[1]), value = TRUE)
value <- function(key) sub("^# [^:]*: ", "", grep(paste0("^# ", key, ": "), comments, value = TRUE)[1])
s_max <- as.numeric(value("s_max"))
cat(sprintf("s_max %.10g\n", s_max))
svg(arguments[2], width = 7, height = 4.5)
plot(table$s, table$density, type = "l", lwd = 2, col = "#D55E00", xlab = "singular value s", ylab = "density per unit s",
     main = paste0(value("activation"), ", L = ", value("depth")))
abline(v = s_max, lty = 2)
invisible(dev.off())
