/** A data directory smaller than this was never initdb'ed: an empty one of PostgreSQL 11 has 25 MB and more. */
export const emptyDirectoryBytes = 64 * 1024;
