import type { KeptCatalog, Keeping } from "../model/kept-catalog.ts";

/** Where the manager's catalog is kept beside the manager's own volume (a Secret that the credentials Job makes). Verbs throw a Failure. */
export interface CatalogKeeper {
  /** A Secret that is missing, or that may not be read, is a fact and no failure. */
  read(signal: AbortSignal): Promise<Keeping>;
  write(catalog: KeptCatalog, signal: AbortSignal): Promise<void>;
  /** What is kept is of a cluster whose volumes are gone. */
  forget(signal: AbortSignal): Promise<void>;
}
