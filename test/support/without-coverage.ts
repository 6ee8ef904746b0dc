/**
 * A script for `sh -c` that runs what follows it, without what makes tap measure coverage in child processes: code that the
 * child compiles in its own way, or that a test of its own covers, would count as not covered.
 */
export const WITHOUT_COVERAGE = 'unset NODE_V8_COVERAGE NODE_OPTIONS; exec "$0" "$@"'
