# Draws the number of gaps by capability area and region: Rscript gaps_heat.R FILE
suppressPackageStartupMessages(library(httr2))
base <- paste0(Sys.getenv("CONCORD_URL", "http://127.0.0.1:8080"), "/api/v1")

ask <- function(path, ...) {
  asked <- request(paste0(base, path)) |> req_url_query(..., lang = "en")
  if (Sys.getenv("CONCORD_KEY") != "") asked <- req_auth_bearer_token(asked, Sys.getenv("CONCORD_KEY"))
  asked |> req_perform() |> resp_body_json()
}
told <- ask("/analytics/gaps", group_by = "area,region", measure = "count")
areas <- ask("/capability-areas", limit = 200)$items
regions <- c(vapply(ask("/regions", limit = 200)$items, \(one) one$code, ""), "none")

counts <- matrix(NA, length(areas), length(regions), dimnames = list(vapply(areas, \(one) one$code, ""), regions))
for (row in told$rows) counts[row$area, c(row$region, "none")[1]] <- row$count
most <- max(1, counts, na.rm = TRUE)
shade <- rev(colorRampPalette(c("#1f4e79", "#c9dff0"))(most))

png(commandArgs(TRUE)[1], width = 720, height = 60 + 19 * length(areas), type = "cairo", antialias = "gray")
par(mar = c(3.5, 19, 2.5, 1), cex = 0.9)
down <- rev(seq_along(areas))
plot(NULL, xlim = c(0.5, ncol(counts) + 0.5), ylim = c(0.5, nrow(counts) + 0.5), axes = FALSE, xlab = "", ylab = "", xaxs = "i", yaxs = "i")
# What is not recorded stands grey, and is no zero.
square <- function(at, ...) rect(at[, 2] - 0.46, down[at[, 1]] - 0.46, at[, 2] + 0.46, down[at[, 1]] + 0.46, ...)
known <- which(!is.na(counts), arr.ind = TRUE)
square(which(is.na(counts), arr.ind = TRUE), col = "#e6eaec", border = NA)
if (nrow(known)) {
  square(known, col = shade[counts[known]], border = NA)
  text(known[, 2], down[known[, 1]], counts[known], col = ifelse(counts[known] * 2 > most, "white", "black"))
}
axis(3, seq_along(regions), regions, tick = FALSE, line = -0.8)
axis(2, down, vapply(areas, \(one) one$title, ""), tick = FALSE, las = 1, line = -0.8)
mtext(sprintf("Grey: not recorded. %d of %d countries of the regions; as of %s. none: countries in no region",
  told$meta$coverage$n, told$meta$coverage$m, substr(told$meta$as_of, 1, 10)), side = 1, line = 1, cex = 0.75)
invisible(dev.off())
