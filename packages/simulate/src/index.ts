export { GENERATOR_VERSION } from "./generator/version.ts";
