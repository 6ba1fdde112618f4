export * from "./asn1.ts";
export * from "./bundles.ts";
export * from "./certificates.ts";
export * from "./timestamps.ts";
export * from "./world.ts";
