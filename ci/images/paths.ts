// Where things lie: the checkout, what it produces, and what is kept for every checkout.
import { join } from "node:path";
import { cacheFolder } from "../tools/cache.ts";

export const root = join(import.meta.dirname, "../..");
const outputFolder = join(root, ".build");
/** Build folders, for as long as a build runs. */
export const workFolder = join(outputFolder, "images");
export const logFolder = join(outputFolder, "logs");
/** The helm values file that names the images to run. */
export const imagesFile = join(outputFolder, "images.yaml");
/** Image archives, by name and tag. */
export const archiveFolder = (): string => join(cacheFolder(), "images");
